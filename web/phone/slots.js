/**
 * Choosing a free slot of a department, and holding it.
 */

import { newKey, post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, yuan } from "../time.js";
import { attempt, facts, notice } from "../ui.js";
import { slotPicker } from "./slot-picker.js";
import { soldOut } from "./waitlist.js";
import { cardChoice, usableCards } from "./wallet.js";

/** @type {import("./shell.js").Screen} */
export function slotsScreen(phone, { hospital, department, date }) {
  const choose = (slot) => holdSheet(phone, { hospital, department }, slot);
  const beside = (chosen, slots) => soldOut(phone, { hospital, department }, chosen, slots);
  return {
    title: t("slots.title"),
    body: [
      h("div", { class: "place" }, h("strong", {}, hospital.name), h("span", {}, department.name)),
      slotPicker(phone, { hospitalId: hospital.id, departmentId: department.id, date, choose, beside }),
    ],
  };
}

/**
 * A sheet that asks for whom, and holds the slot.
 * @param {import("./shell.js").Phone} phone @param {{hospital: {name: string}, department: {name: string}}} place @param {any} slot
 */
export function holdSheet(phone, { hospital, department }, slot) {
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
