/**
 * One registration, from the hold to the visit or the money back. What it shows is what the API says; a payment is only
 * believed once the API says "booked", a refund once it says "refunded".
 */

import { get } from "../api.js";
import { emit } from "../bus.js";
import { fill, h, skeleton } from "../dom.js";
import { t } from "../i18n.js";
import { clock, day, poll } from "../time.js";
import { facts, problemNotice } from "../ui.js";
import { alternatives } from "./alternatives.js";
import { statusBadge } from "./appointments.js";
import { money } from "./money.js";
import { acts } from "./visit-acts.js";
import { stateOf } from "./visit.js";

const FOLLOWED_MS = 15 * 60_000;
const STOPPED = new Set(["clinic_stopped", "cancelled_by_site"]);

/** @type {import("./shell.js").Screen} */
export function appointmentScreen(phone, { id }) {
  const stage = h("div", { class: "stack" });
  const signal = phone.signal;
  let paid = false; // the cash register said so; the API has not yet
  const draw = (appointment) => {
    if (!signal.aborted) fill(stage, view(phone, appointment, { paid, afterPayment, refresh: load }));
  };
  const ask = () => get(`/v1/appointments/${id}`, { signal, quiet: true });
  const fail = (error) => {
    if (!signal.aborted) fill(stage, problemNotice(error, load));
  };
  async function load() {
    fill(stage, skeleton(5, t("common.loading")));
    await ask().then((appointment) => (paid || moves(appointment) ? follow() : draw(appointment))).catch(fail);
  }
  function afterPayment() {
    paid = true;
    follow();
  }
  async function follow() {
    await untilAtRest(ask, draw, signal).catch(fail);
  }
  load();
  return { title: t("apt.title"), body: stage };
}

const UNDER_WAY = new Set(["booked", "checked-in", "arrived"]);
const GOING_BACK = new Set(["paid", "late_paid", "refunding"]);

/** Whether something will become of it without anybody touching this phone. */
const moves = ({ status, payment }) => UNDER_WAY.has(status) || (status === "cancelled" && GOING_BACK.has(payment?.status));

/** Asks until nothing more is to come; draws whenever something has changed. */
async function untilAtRest(ask, draw, signal) {
  let seen = "";
  await poll(async () => {
    const appointment = await ask();
    const state = JSON.stringify(appointment);
    if (state !== seen) draw(appointment);
    seen = state;
    if (appointment.status === "booked") emit("step", "pay");
    if (appointment.confirmation === "accepted") emit("step", "confirm");
    return appointment;
  }, { signal, forMs: FOLLOWED_MS, done: (appointment) => appointment.status !== "pending" && !moves(appointment) });
}

function view(phone, appointment, actions) {
  const purse = money(appointment.payment);
  const over = appointment.status === "cancelled"; // then the first question is where the money is
  return [
    head(appointment), stateOf(phone, appointment, actions), acts(phone, appointment, actions.refresh), over && purse,
    STOPPED.has(appointment.reason) && alternatives(phone, appointment), details(appointment), !over && purse,
  ];
}

const head = (appointment) => h("div", { class: "apt-head" },
  h("div", {}, h("strong", {}, appointment.hospitalName), h("span", {}, appointment.departmentName)), statusBadge(appointment));

const details = ({ practitionerName, startsAt, id }) => facts([
  [t("apt.doctor"), practitionerName], [t("apt.time"), `${day(startsAt)} ${clock(startsAt)}`],
  [t("apt.id"), h("span", { class: "mono small" }, id)],
]);
