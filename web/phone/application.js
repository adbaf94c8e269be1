/**
 * One application for a service item: departments being asked, the decision and its reason, the money.
 * Must not know: by which rules it is decided.
 */

import { get } from "../api.js";
import { fill, h, skeleton } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, fullDay, poll, yuan } from "../time.js";
import { facts, notice, problemNotice, said } from "../ui.js";
import { applicationBadge } from "./matters.js";

const STEPS = ["submitted", "gathering", "decided", "paid"];
const AT = { submitted: 1, gathering: 1, deferred: 1, review: 2, approved: 3, ordered: 3 };
const OVER = new Set(["paid", "rejected", "refused", "abandoned"]);

/** @type {import("./shell.js").Screen} */
export function applicationScreen(phone, { id }) {
  const stage = h("div", { class: "stack" });
  const signal = phone.signal;
  async function load() {
    fill(stage, skeleton(5, t("common.loading")));
    let seen = "";
    const ask = async () => {
      const application = await get(`/v1/matter-applications/${id}`, { signal, quiet: true });
      if (application.status !== seen && !signal.aborted) fill(stage, view(application));
      seen = application.status;
      return application;
    };
    try {
      await poll(ask, { done: ({ status }) => OVER.has(status), signal });
    } catch (error) {
      if (!signal.aborted) fill(stage, problemNotice(error, load));
    }
  }
  load();
  return { title: t("matter.application"), body: stage };
}

function view(application) {
  const head = h("div", { class: "certificate-head" }, h("strong", {}, pick(application.matterName)), h("p", {}, applicationBadge(application)));
  if (application.status === "paid") return [head, paid(application), summary(application)];
  if (OVER.has(application.status)) return [head, refused(application), summary(application)];
  return [head, progress(application), summary(application)];
}

function progress({ status, dueBy, overdue, reason }) {
  const at = AT[status];
  const dot = (i) => (i < at ? icon("check") : i === at ? h("span", { class: "spinner", "aria-hidden": "true" }) : null);
  const item = (step, i) => h("li", { class: i < at ? "done" : i === at ? "now" : "" }, h("span", { class: "step-dot" }, dot(i)), t(`matter.step.${step}`));
  const told = overdue ? "matter.overdue" : `matter.told.${status}`;
  return [
    h("ol", { class: "progress" }, STEPS.map(item)),
    notice(overdue ? "warning" : "info", "clock", h("p", {}, said(t(told))), reason && h("p", {}, pick(reason)),
      dueBy && h("p", {}, t("matter.dueBy", { day: day(dueBy), time: clock(dueBy) }))),
  ];
}

const paid = ({ amountFen, payment }) => h("div", { class: "result result-success" }, icon("check"),
  h("strong", { class: "amount" }, yuan(amountFen)),
  h("p", {}, said(t("matter.paidTo", { bank: payment.bank, account: payment.accountMasked }))));

const refused = ({ status, reason, appeal }) => notice("warning", "alert",
  h("strong", {}, said(t(`matter.told.${status}`))), reason && h("p", {}, pick(reason)), appeal && h("p", {}, pick(appeal)));

const summary = ({ submittedAt, decidedAt, askedFen, fetched, onPaper, trips }) => facts([
  [t("matter.submittedAt"), fullDay(submittedAt)], [t("matter.decidedAt"), decidedAt && `${fullDay(decidedAt)} ${clock(decidedAt)}`],
  [t("matter.asked"), askedFen ? yuan(askedFen) : t("matter.most")],
  [t("matter.brought"), decidedAt && t("matter.broughtOf", { fetched, paper: onPaper })], [t("matter.trips"), String(trips)]]);
