/**
 * Free slots of a department: a strip of 14 days, then doctors with their times and prices; holding one.
 */

import { get, newKey, post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, comingDays, day, dayOfMonth, weekday, yuan } from "../time.js";
import { attempt, emptyState, facts, notice, region } from "../ui.js";
import { cardChoice, usableCards } from "./wallet.js";

const DAYS = 14;
const noon = (date) => `${date}T12:00:00+08:00`;

/** @type {import("./shell.js").Screen} */
export function slotsScreen(phone, { hospital, department, date }) {
  const days = comingDays(DAYS);
  const results = h("div");
  const strip = h("div", { class: "days", role: "group", "aria-label": t("slots.days") });
  function choose(chosen) {
    for (const button of strip.children) button.setAttribute("aria-pressed", String(button.dataset.date === chosen));
    const ask = () => allSlots({ hospitalId: hospital.id, departmentId: department.id, date: chosen }, phone.signal);
    const show = (slots) => doctors(phone, { hospital, department }, slots);
    fill(results, region(ask, show, { signal: phone.signal }));
  }
  fill(strip, days.map((each, i) => h("button", {
    type: "button", class: "day", "data-date": each, "aria-label": day(noon(each)), onclick: () => choose(each),
  }, h("span", {}, i ? weekday(noon(each)) : t("slots.today")), h("strong", {}, dayOfMonth(noon(each))))));
  choose(days.includes(date) ? date : days[1]);
  return {
    title: t("slots.title"),
    body: [h("div", { class: "place" }, h("strong", {}, hospital.name), h("span", {}, department.name)), strip, results],
  };
}

async function allSlots(query, signal) {
  const slots = [];
  let cursor = null;
  do {
    const page = await get("/v1/slots", { query: { ...query, cursor }, signal });
    slots.push(...page.items);
    cursor = page.cursor;
  } while (cursor && slots.length < 300);
  return slots;
}

function doctors(phone, place, slots) {
  if (!slots.length) return emptyState("calendar", t("slots.none"), t("slots.noneDetail"));
  const byDoctor = Map.groupBy ? Map.groupBy(slots, (slot) => slot.practitionerId) : grouped(slots);
  return h("ul", { class: "doctors" }, [...byDoctor.values()].map((theirs) => h("li", { class: "doctor" }, doctorHead(theirs[0]),
    h("div", { class: "times" }, theirs.map((slot) => timeButton(phone, place, slot))))));
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

const timeButton = (phone, place, slot) => h("button", {
  type: "button", class: "time", "data-slot": slot.id, onclick: () => confirm(phone, place, slot),
  "aria-label": t("slots.take", { time: clock(slot.startsAt), doctor: slot.practitionerName, price: yuan(slot.feeFen) }),
}, clock(slot.startsAt));

function confirm(phone, { hospital, department }, slot) {
  const problems = h("div");
  /** @type {Record<string, string>} another card is another request */
  const keys = {};
  const patient = h("div");
  const choice = usableCards().then((cards) => cardChoice(cards, t("slots.patient")));
  choice.then(({ view }) => fill(patient, view)).catch(() => {});
  const hold = () => attempt(problems, async () => {
    const cardId = (await choice).chosen();
    if (!cardId) return fill(problems, needsCard(phone));
    keys[cardId] ??= newKey();
    const { id } = await post("/v1/appointments", { slotId: slot.id, cardId }, { key: keys[cardId] });
    emit("step", "hold");
    return phone.replace("appointment", { id });
  });
  const button = actionButton({ class: "button button-primary wide" }, t("slots.hold"), hold);
  phone.openSheet(t("slots.confirmTitle"), [
    facts([
      [t("apt.hospital"), hospital.name], [t("apt.department"), department.name],
      [t("apt.doctor"), `${slot.practitionerName} ${slot.practitionerTitle}`],
      [t("apt.time"), `${day(slot.startsAt)} ${clock(slot.startsAt)}–${clock(slot.endsAt)}`],
      [t("apt.fee"), h("span", { class: "price" }, yuan(slot.feeFen))],
    ]),
    patient, h("p", { class: "hint" }, t("slots.holdHint")), problems, button,
  ]);
  button.focus({ preventScroll: true });
}

const needsCard = (phone) => notice("warning", "card", h("strong", {}, t("slots.needsCard")),
  h("button", { type: "button", class: "button button-quiet", onclick: () => phone.reset("home") }, icon("card"), t("slots.getCard")));
