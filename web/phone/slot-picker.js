/**
 * Free slots of a department: a strip of 14 days, then doctors with their times and prices.
 * Must not know: what is done with the slot that is chosen.
 */

import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { clock, comingDays, day, dayOfMonth, weekday, yuan } from "../time.js";
import { emptyState, region } from "../ui.js";

const DAYS = 14;
const MOST = 300;
const noon = (date) => `${date}T12:00:00+08:00`;

/**
 * @param {import("./shell.js").Phone} phone
 * @param {{hospitalId: string, departmentId: string, date?: string, fits?: (slot: any) => boolean, choose: (slot: any) => void,
 *   beside?: (date: string, slots: any[]) => any}} wish
 *   `date` is shown first, else tomorrow; slots that do not fit are left out; `beside` is shown under the day's slots
 */
export function slotPicker(phone, { hospitalId, departmentId, date, fits = () => true, choose, beside }) {
  const days = comingDays(DAYS);
  const results = h("div");
  const strip = h("div", { class: "days", role: "group", "aria-label": t("slots.days") });
  function open(chosen) {
    for (const button of strip.children) button.setAttribute("aria-pressed", String(button.dataset.date === chosen));
    const ask = () => allSlots({ hospitalId, departmentId, date: chosen }, phone.signal);
    fill(results, region(ask, (slots) => [doctors(slots.filter(fits), choose), beside?.(chosen, slots)], { signal: phone.signal }));
  }
  fill(strip, days.map((each, i) => h("button", {
    type: "button", class: "day", "data-date": each, "aria-label": day(noon(each)), onclick: () => open(each),
  }, h("span", {}, i ? weekday(noon(each)) : t("slots.today")), h("strong", {}, dayOfMonth(noon(each))))));
  open(date && days.includes(date) ? date : days[1]);
  return [strip, results];
}

async function allSlots(query, signal) {
  const slots = [];
  let cursor = null;
  do {
    const page = await get("/v1/slots", { query: { ...query, cursor }, signal });
    slots.push(...page.items);
    cursor = page.cursor;
  } while (cursor && slots.length < MOST);
  return slots;
}

function doctors(slots, choose) {
  if (!slots.length) return emptyState("calendar", t("slots.none"), t("slots.noneDetail"));
  const byDoctor = Map.groupBy ? Map.groupBy(slots, (slot) => slot.practitionerId) : grouped(slots);
  return h("ul", { class: "doctors" }, [...byDoctor.values()].map((theirs) => h("li", { class: "doctor" }, doctorHead(theirs[0]),
    h("div", { class: "times" }, theirs.map((slot) => timeButton(slot, choose))))));
}

function grouped(slots) {
  const groups = new Map();
  for (const slot of slots) groups.set(slot.practitionerId, [...(groups.get(slot.practitionerId) ?? []), slot]);
  return groups;
}

const doctorHead = ({ practitionerName, practitionerTitle, feeFen }) => h("div", { class: "doctor-head" },
  h("span", { class: "avatar", "aria-hidden": "true" }, practitionerName[0]),
  h("span", { class: "row-text" }, h("strong", {}, practitionerName), h("span", { class: "row-detail" }, practitionerTitle)),
  h("span", { class: "price" }, yuan(feeFen)));

const timeButton = (slot, choose) => h("button", {
  type: "button", class: "time", "data-slot": slot.id, onclick: () => choose(slot),
  "aria-label": t("slots.take", { time: clock(slot.startsAt), doctor: slot.practitionerName, price: yuan(slot.feeFen) }),
}, clock(slot.startsAt));
