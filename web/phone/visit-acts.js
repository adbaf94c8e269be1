/**
 * What a citizen can do about a registration: check in, choose another time, cancel; each while its hospital's rules
 * allow it. What no longer can be done is said, with the moment until which it could.
 */

import { post } from "../api.js";
import { actionButton, announce, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, now, yuan } from "../time.js";
import { attempt, facts } from "../ui.js";
import { confirmSheet } from "./confirm.js";
import { legsOf } from "./money.js";

const at = (moment) => `${day(moment)} ${clock(moment)}`;

/** @param {import("./shell.js").Phone} phone @param {any} appointment @param {() => void} refresh */
export function acts(phone, appointment, refresh) {
  if (appointment.status === "pending") return rows([giveUp(phone, appointment, refresh)]);
  if (appointment.status !== "booked") return null;
  const inTime = now() < Date.parse(appointment.cancelUntil);
  return [
    checkIn(appointment, refresh),
    inTime
      ? rows([
        row("calendar", "reschedule", t("visit.actDetail.reschedule"), () => phone.go("reschedule", { id: appointment.id })),
        row("cross", "cancel", t("visit.actDetail.cancel", { time: at(appointment.cancelUntil) }), () => cancelSheet(phone, appointment, refresh), true),
      ])
      : h("p", { class: "hint" }, t("visit.tooLate", { time: at(appointment.cancelUntil) })),
  ];
}

const rows = (items) => h("ul", { class: "rows" }, items.map((item) => h("li", {}, item)));

const row = (iconName, act, detail, action, danger = false) => h("button", {
  type: "button", class: danger ? "row row-danger" : "row", "data-act": act, onclick: action,
}, h("span", { class: "row-icon" }, icon(iconName)),
h("span", { class: "row-text" }, h("strong", {}, t(`visit.act.${act}`)), h("span", { class: "row-detail" }, detail)), icon("next"));

function checkIn({ id, checkInFrom, checkInUntil }, refresh) {
  if (now() < Date.parse(checkInFrom)) return h("p", { class: "hint centre" }, t("visit.checkInFrom", { from: at(checkInFrom), until: clock(checkInUntil) }));
  const problems = h("div");
  const come = () => attempt(problems, async () => {
    await post(`/v1/appointments/${id}/check-in`);
    refresh();
  });
  return [
    problems,
    actionButton({ class: "button button-primary wide", "data-act": "check-in" }, [icon("check"), t("visit.act.check-in")], come),
    h("p", { class: "hint centre" }, t("visit.checkInUntil", { time: clock(checkInUntil) })),
  ];
}

const giveUp = (phone, appointment, refresh) => row("cross", "give-up", t("visit.actDetail.give-up"), () => confirmSheet(phone, {
  title: t("visit.act.give-up"), text: t("visit.giveUpAsk"), label: t("visit.act.give-up"), keep: t("visit.keep"), act: () => cancel(appointment, refresh),
}), true);

function cancelSheet(phone, appointment, refresh) {
  const { payment, cancelUntil } = appointment;
  const back = payment ? payment.totalFen - payment.refundedFen : 0;
  confirmSheet(phone, {
    title: t("visit.act.cancel"), text: t("visit.cancelAsk"), label: t("visit.cancelSure"), keep: t("visit.keep"),
    extra: facts([
      [t("visit.deadline"), at(cancelUntil)],
      [t("visit.comesBack"), payment && h("span", { class: "price" }, yuan(back))],
      ...(payment && legsOf(payment).length > 1 ? legsOf(payment) : []),
      [t("visit.comesTo"), payment && t("visit.sameWay")],
    ]),
    act: () => cancel(appointment, refresh),
  });
}

async function cancel({ id }, refresh) {
  await post(`/v1/appointments/${id}/cancel`);
  announce(t("visit.cancelled"));
  refresh();
}
