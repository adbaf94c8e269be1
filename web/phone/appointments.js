/**
 * My registrations: a list, and its rows, which the home screen shows as well.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day } from "../time.js";
import { badge, emptyState, region } from "../ui.js";
import { waitRows } from "./waitlist.js";

const TONES = { pending: "warning", booked: "success", "checked-in": "success", arrived: "success", noshow: "warning", stopped: "warning" };
const STOPPED = new Set(["clinic_stopped", "cancelled_by_site"]);

/** An end that the citizen did not choose, and one that led elsewhere, are told from the others. */
const shown = ({ status, reason, movedTo }) => (movedTo ? "moved" : STOPPED.has(reason) ? "stopped" : status);

export const statusBadge = (appointment) => badge(TONES[shown(appointment)] ?? "neutral", t(`apt.status.${shown(appointment)}`));

export function appointmentRow(phone, appointment) {
  const { id, hospitalName, departmentName, startsAt } = appointment;
  return h("button", { type: "button", class: "row", onclick: () => phone.go("appointment", { id }) },
    h("span", { class: "row-text" },
      h("strong", {}, hospitalName),
      h("span", { class: "row-detail" }, `${departmentName} · ${day(startsAt)} ${clock(startsAt)}`),
      h("span", { class: "tags" }, statusBadge(appointment))),
    icon("next"));
}

/** @type {import("./shell.js").Screen} */
export function appointmentsScreen(phone) {
  const show = ({ items }) => (items.length
    ? h("ul", { class: "rows" }, items.map((item) => h("li", {}, appointmentRow(phone, item))))
    : emptyState("calendar", t("apt.none"), t("apt.noneDetail")));
  const mine = region(() => get("/v1/appointments", { signal: phone.signal }), show, { signal: phone.signal });
  return { title: t("home.appointments"), body: [waitRows(phone), mine] };
}
