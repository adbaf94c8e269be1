/**
 * One registration: held (count-down and payment), booked (waiting for the hospital), accepted (number and code).
 * What it shows is what the API says; a payment is only believed once the API says "booked".
 */

import { get } from "../api.js";
import { emit } from "../bus.js";
import { fill, h, skeleton } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, everySecond, minutes, poll, secondsLeft, yuan } from "../time.js";
import { facts, notice, problemNotice, said } from "../ui.js";
import { statusBadge } from "./appointments.js";
import { openCashier } from "./cashier.js";

/** @type {import("./shell.js").Screen} */
export function appointmentScreen(phone, { id }) {
  const stage = h("div", { class: "stack" });
  const signal = phone.signal;
  let paid = false; // the cash register said so; the API has not yet
  const draw = (appointment) => {
    if (!signal.aborted) fill(stage, view(phone, appointment, { paid, afterPayment, refresh: load }));
  };
  const ask = () => get(`/v1/appointments/${id}`, { signal, quiet: true });
  const fail = (error, retry) => {
    if (!signal.aborted) fill(stage, problemNotice(error, retry));
  };
  async function load() {
    fill(stage, skeleton(5, t("common.loading")));
    await ask().then((appointment) => (paid || waits(appointment) ? follow() : draw(appointment))).catch((error) => fail(error, load));
  }
  function afterPayment() {
    paid = true;
    follow();
  }
  async function follow() {
    await untilAnswered(ask, draw, signal).catch((error) => fail(error, load));
  }
  load();
  return { title: t("apt.title"), body: stage };
}

const waits = ({ status, confirmation }) => status === "booked" && confirmation !== "accepted" && confirmation !== "rejected";

/** Asks until the hospital has answered; draws whenever something has changed. */
async function untilAnswered(ask, draw, signal) {
  let seen = "";
  const last = await poll(async () => {
    const appointment = await ask();
    const state = JSON.stringify(appointment);
    if (state !== seen) draw(appointment);
    seen = state;
    if (appointment.status === "booked") emit("step", "pay");
    return appointment;
  }, { signal, done: (appointment) => appointment.status !== "pending" && !waits(appointment) });
  if (last.confirmation === "accepted") emit("step", "confirm");
}

function view(phone, appointment, actions) {
  return [head(appointment), stateOf(phone, appointment, actions), details(appointment)];
}

const head = (appointment) => h("div", { class: "apt-head" },
  h("div", {}, h("strong", {}, appointment.hospitalName), h("span", {}, appointment.departmentName)), statusBadge(appointment));

const details = ({ practitionerName, startsAt, feeFen, id }) => facts([
  [t("apt.doctor"), practitionerName], [t("apt.time"), `${day(startsAt)} ${clock(startsAt)}`],
  [t("apt.fee"), h("span", { class: "price" }, yuan(feeFen))], [t("apt.id"), h("span", { class: "mono small" }, id)],
]);

function stateOf(phone, appointment, { paid, afterPayment, refresh }) {
  if (appointment.status === "pending") return paid ? paying(refresh) : held(phone, appointment, afterPayment);
  if (appointment.status === "booked") return booked(appointment);
  return notice("info", "alert", h("strong", {}, t(`apt.status.${appointment.status}`)), h("p", {}, t("apt.overDetail")));
}

function held(phone, appointment, afterPayment) {
  const left = h("strong", { class: "countdown", role: "timer" });
  const insurance = h("input", { type: "checkbox", name: "useInsurance", checked: true });
  const pay = h("button", { type: "button", class: "button button-primary wide", onclick: () => openCashier(phone, appointment, afterPayment, insurance.checked) },
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

function booked({ confirmation, queueNumber, pickupCode }) {
  if (confirmation === "rejected") return [notice("warning", "alert", h("strong", {}, said(t("apt.rejected"))), h("p", {}, t("apt.rejectedDetail")))];
  const accepted = confirmation === "accepted";
  return [
    h("div", { class: `result ${accepted ? "result-success" : ""}` },
      accepted ? icon("check") : h("span", { class: "spinner", "aria-hidden": "true" }),
      h("strong", {}, said(t(accepted ? "apt.accepted" : "apt.waiting"))), h("p", {}, t(accepted ? "apt.acceptedDetail" : "apt.waitingDetail"))),
    h("div", { class: "ticket" },
      h("div", {}, h("span", {}, t("apt.queue")), h("strong", {}, queueNumber ?? "—")),
      h("div", {}, h("span", {}, t("apt.pickup")), h("strong", { class: "mono" }, pickupCode ?? "—"))),
  ];
}
