/**
 * One entry of the waitlist: to be prepaid, waiting with its place in the queue, or what became of it.
 * What it shows is what the API says; a payment is only believed once the API says so.
 */

import { get, post } from "../api.js";
import { actionButton, fill, h, skeleton } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, poll, yuan } from "../time.js";
import { attempt, facts, notice, problemNotice, said } from "../ui.js";
import { openCashier } from "./cashier.js";
import { waitBadge } from "./waitlist.js";

const PATH = "/v1/waitlist-entries";

/** @type {import("./shell.js").Screen} */
export function waitScreen(phone, { id }) {
  const stage = h("div", { class: "stack" });
  const signal = phone.signal;
  const ask = () => get(`${PATH}/${id}`, { signal, quiet: true });
  const draw = (entry) => {
    if (!signal.aborted) fill(stage, view(phone, entry, { paid, reload: load }));
  };
  const fail = (error) => {
    if (!signal.aborted) fill(stage, problemNotice(error, load));
  };
  async function load() {
    fill(stage, skeleton(4, t("common.loading")));
    await ask().then(draw).catch(fail);
  }
  /** The cash register said so; the API has not yet. */
  async function paid() {
    fill(stage, skeleton(4, t("wait.paying")));
    await poll(ask, { signal, done: ({ status }) => status !== "pending-payment" }).then(draw).catch(fail);
  }
  load();
  return { title: t("wait.title"), body: stage };
}

const view = (phone, entry, actions) => [
  h("div", { class: "apt-head" }, h("div", {}, h("strong", {}, entry.hospitalName), h("span", {}, day(`${entry.date}T12:00:00+08:00`))), waitBadge(entry)),
  stateOf(phone, entry, actions),
  facts([
    [t("wait.place"), entry.position && String(entry.position)],
    [t("wait.until"), `${day(entry.latestFulfilmentAt)} ${clock(entry.latestFulfilmentAt)}`],
    [t("wait.prepaid"), h("span", { class: "price" }, yuan(entry.feeFen))],
    [t("apt.fee"), entry.costFen !== null && h("span", { class: "price" }, yuan(entry.costFen))],
  ]),
];

function stateOf(phone, entry, { paid, reload }) {
  const { status } = entry;
  if (status === "pending-payment") return [prepay(phone, entry, paid), leave(entry, reload)];
  if (status === "active") return [told("info", "clock", status), leave(entry, reload)];
  if (status === "matched" || status === "fulfilled") return [told("success", "check", "fulfilled"), toAppointment(phone, entry)];
  return told("info", "alert", status);
}

const told = (tone, iconName, status) => notice(tone, iconName, h("strong", {}, said(t(`wait.status.${status}`))), h("p", {}, t(`wait.told.${status}`)));

const prepay = (phone, entry, paid) => [
  notice("warning", "wallet", h("strong", {}, t("wait.status.pending-payment")), h("p", {}, t("wait.told.pending-payment", { time: clock(entry.payBy) }))),
  h("button", { type: "button", class: "button button-primary wide", "data-action": "prepay", onclick: () => openCashier(phone, entry, paid, {}, PATH) },
    icon("wallet"), t("wait.pay", { price: yuan(entry.feeFen) })),
];

function leave(entry, reload) {
  const problems = h("div");
  const go = () => attempt(problems, async () => {
    await post(`${PATH}/${entry.id}/withdraw`);
    reload();
  });
  return [problems, actionButton({ class: "button button-quiet wide", "data-action": "withdraw" }, t("wait.leave"), go)];
}

const toAppointment = (phone, { appointmentId }) => h("button", {
  type: "button", class: "button button-primary wide", onclick: () => phone.go("appointment", { id: appointmentId }),
}, icon("calendar"), t("wait.toAppointment"));
