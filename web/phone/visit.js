/**
 * How a registration stands, in one picture: held, paid, waiting for the hospital, the ticket, the visit, or why it ended.
 * Must not know: how it is changed.
 */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, everySecond, minutes, secondsLeft, yuan } from "../time.js";
import { notice, said } from "../ui.js";
import { openCashier } from "./cashier.js";

const VISITED = { "checked-in": "pulse", arrived: "bell", fulfilled: "check" };
const WARNED = new Set(["clinic_stopped", "cancelled_by_site", "cancelled_by_service"]);

/** @param {import("./shell.js").Phone} phone @param {any} appointment @param {{paid: boolean, afterPayment: () => void, refresh: () => void}} actions */
export function stateOf(phone, appointment, { paid, afterPayment, refresh }) {
  const { status } = appointment;
  if (status === "pending") return paid ? paying(refresh) : held(phone, appointment, afterPayment);
  if (status === "booked") return booked(appointment);
  if (status in VISITED) return visited(appointment);
  return status === "cancelled" ? ended(phone, appointment) : notice("warning", "alert", h("strong", {}, said(t(`apt.status.${status}`))), h("p", {}, t(`visit.${status}Detail`)));
}

function held(phone, appointment, afterPayment) {
  const left = h("strong", { class: "countdown", role: "timer" });
  const insurance = h("input", { type: "checkbox", name: "useInsurance", checked: true });
  const pay = h("button", { type: "button", class: "button button-primary wide", onclick: () => openCashier(phone, appointment, afterPayment, { useInsurance: insurance.checked }) },
    icon("wallet"), t("apt.pay", { price: yuan(appointment.feeFen) }));
  everySecond(() => {
    const seconds = secondsLeft(appointment.holdExpiresAt);
    left.textContent = seconds ? minutes(seconds) : t("apt.holdOver");
    pay.disabled = seconds === 0;
  }, phone.signal);
  return [h("div", { class: "hold" }, icon("clock"), h("div", {}, h("span", {}, t("apt.holdLeft")), left)),
    h("label", { class: "choice" }, insurance, h("span", {}, t("apt.useInsurance"))), pay];
}

const paying = (refresh) => h("div", { class: "result" }, h("span", { class: "spinner", "aria-hidden": "true" }),
  h("strong", {}, said(t("apt.paying"))), h("p", {}, t("apt.payingDetail")),
  h("button", { type: "button", class: "button button-quiet", onclick: refresh }, t("common.refresh")));

function booked(appointment) {
  const accepted = appointment.confirmation === "accepted";
  const moved = accepted && appointment.movedFrom;
  return [
    h("div", { class: `result ${accepted ? "result-success" : ""}` },
      accepted ? icon("check") : h("span", { class: "spinner", "aria-hidden": "true" }),
      h("strong", {}, said(t(moved ? "visit.moved" : accepted ? "apt.accepted" : "apt.waiting"))),
      h("p", {}, t(moved ? "visit.movedDetail" : accepted ? "apt.acceptedDetail" : "apt.waitingDetail"))),
    ticket(appointment),
  ];
}

function visited(appointment) {
  const { status, late } = appointment;
  const detail = status === "checked-in" && late ? "visit.lateDetail" : `visit.${status}Detail`;
  return [
    h("div", { class: "result result-success" }, icon(VISITED[status]), h("strong", {}, said(t(`visit.${status}`))), h("p", {}, t(detail))),
    status !== "fulfilled" && ticket(appointment),
  ];
}

const ticket = ({ queueNumber, pickupCode }) => h("div", { class: "ticket" },
  h("div", {}, h("span", {}, t("apt.queue")), h("strong", {}, queueNumber ?? "—")),
  h("div", {}, h("span", {}, t("apt.pickup")), h("strong", { class: "mono" }, pickupCode ?? "—")));

function ended(phone, { reason, startsAt, movedTo, payment }) {
  const warned = WARNED.has(reason);
  const detail = reason === "cancelled_by_citizen" && !payment ? "given_up" : reason;
  return [
    notice(warned ? "warning" : "info", warned ? "alert" : "calendar", h("strong", {}, said(t(`visit.reason.${reason}`))),
      h("p", {}, t(`visit.reasonDetail.${detail}`, { time: `${day(startsAt)} ${clock(startsAt)}` }))),
    movedTo && h("button", { type: "button", class: "button button-primary wide", "data-action": "moved-to", onclick: () => phone.replace("appointment", { id: movedTo }) },
      icon("calendar"), t("visit.toMoved")),
  ];
}
