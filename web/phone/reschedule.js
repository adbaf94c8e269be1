/**
 * Another time for a booked registration: a slot of the same department and fee. Whoever is refused keeps the old one.
 */

import { get, newKey, post } from "../api.js";
import { announce, h } from "../dom.js";
import { t } from "../i18n.js";
import { clock, day, yuan } from "../time.js";
import { facts, notice, region } from "../ui.js";
import { confirmSheet } from "./confirm.js";
import { slotPicker } from "./slot-picker.js";

/** @type {import("./shell.js").Screen} */
export function rescheduleScreen(phone, { id }) {
  const ask = () => get(`/v1/appointments/${id}`, { signal: phone.signal });
  return { title: t("visit.act.reschedule"), body: region(ask, (appointment) => choice(phone, appointment), { signal: phone.signal }) };
}

const at = (moment) => `${day(moment)} ${clock(moment)}`;

function choice(phone, appointment) {
  const { hospitalId, departmentId, hospitalName, departmentName, startsAt, feeFen, cancelUntil } = appointment;
  return [
    h("div", { class: "place" }, h("strong", {}, hospitalName), h("span", {}, departmentName)),
    notice("info", "calendar", h("strong", {}, t("visit.now", { time: at(startsAt) })),
      h("p", {}, t("visit.sameFee", { price: yuan(feeFen), time: at(cancelUntil) }))),
    slotPicker(phone, {
      hospitalId, departmentId, fits: (slot) => slot.feeFen === feeFen && slot.startsAt !== startsAt,
      choose: (slot) => moveSheet(phone, appointment, slot),
    }),
  ];
}

function moveSheet(phone, appointment, slot) {
  const key = newKey();
  confirmSheet(phone, {
    title: t("visit.moveTitle"), text: t("visit.moveAsk"), label: t("visit.moveSure"), keep: t("visit.keep"), danger: false,
    extra: facts([
      [t("visit.from"), `${at(appointment.startsAt)} ${appointment.practitionerName}`],
      [t("visit.to"), `${at(slot.startsAt)} ${slot.practitionerName}`],
      [t("apt.fee"), t("visit.feeStays")],
    ]),
    act: async () => {
      const { id } = await post(`/v1/appointments/${appointment.id}/reschedule`, { slotId: slot.id }, { key });
      announce(t("visit.moved"));
      phone.back();
      phone.replace("appointment", { id });
    },
  });
}
