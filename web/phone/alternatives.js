/**
 * Where else to go when a session was stopped: free slots of the same department, each one press from being held.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, yuan } from "../time.js";
import { emptyState, region } from "../ui.js";
import { holdSheet } from "./slots.js";

const MOST = 5;

/** @param {import("./shell.js").Phone} phone @param {any} appointment */
export function alternatives(phone, { id, hospitalName, departmentName }) {
  const place = { hospital: { name: hospitalName }, department: { name: departmentName } };
  const ask = () => get(`/v1/appointments/${id}/alternatives`, { signal: phone.signal });
  return h("section", { class: "alternatives" },
    h("h3", { class: "section-title" }, t("visit.alternatives")),
    region(ask, ({ items }) => (items.length
      ? h("ul", { class: "rows" }, spread(items).map((slot) => h("li", {}, row(phone, place, slot))))
      : emptyState("calendar", t("slots.none"), t("visit.alternativesNone"))), { rows: 3, signal: phone.signal }));
}

/** One slot of each doctor's day first, so that the choice is wide. */
function spread(slots) {
  const seen = new Set();
  const first = slots.filter((slot) => {
    const session = `${slot.practitionerId} ${day(slot.startsAt)}`;
    return !seen.has(session) && seen.add(session);
  });
  const others = slots.filter((slot) => !first.includes(slot));
  return [...first, ...others].slice(0, MOST).sort((a, b) => a.startsAt.localeCompare(b.startsAt));
}

const row = (phone, place, slot) => h("button", { type: "button", class: "row", "data-slot": slot.id, onclick: () => holdSheet(phone, place, slot) },
  h("span", { class: "row-text" }, h("strong", {}, `${day(slot.startsAt)} ${clock(slot.startsAt)}`),
    h("span", { class: "row-detail" }, `${slot.practitionerName} ${slot.practitionerTitle}`)),
  h("span", { class: "price" }, yuan(slot.feeFen)), icon("next"));
