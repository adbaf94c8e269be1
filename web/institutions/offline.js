/**
 * The terminal without a network: it judges an offline code by the published keys alone, takes it for an amount,
 * and hands it in once the network is back.
 */

import { post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { hasText, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, clockSeconds, day, yuan } from "../time.js";
import { attempt, badge, facts, field, notice, said } from "../ui.js";
import { placeOf } from "./presence.js";
import { idle, nothingShown } from "./scan.js";

const CODE = "SC2:";

/** @typedef {{code: string, party: any, businessType: string, amountFen: number, presentedAt: string, outcome: any}} Taken */

/** What was taken and is to be handed in, newest first; kept over a change of language. */
const taken = /** @type {Taken[]} */ ([]);

/** @param {{shown: any, businessType: string, party: any}} state @returns {any[]} */
export function offlinePart(state) {
  const outcome = h("div", { class: "outcome", "aria-live": "polite" });
  const list = h("div");
  const draw = () => fill(list, handIn(draw));
  const check = actionButton({ class: "button button-primary", "data-action": "check" }, [icon("offline"), t("offline.check")], () => attempt(outcome, async () => {
    const code = state.shown?.code;
    if (!code) return fill(outcome, nothingShown(t("terminal.noCode")));
    if (!code.startsWith(CODE)) return fill(outcome, nothingShown(t("offline.wrongCode")));
    const judged = await post(`/sandbox/institutions/${state.party.id}/offline-check`, { code });
    return fill(outcome, judged.genuine ? genuine(judged, (amountFen) => take(state, code, amountFen, outcome, draw)) : refused(judged));
  }));
  fill(outcome, idle(t("offline.idle")));
  draw();
  return [notice("info", "offline", h("p", {}, t("offline.lead"))), h("div", { class: "button-row" }, check), outcome, list];
}

const refused = ({ reason }) => h("div", { class: "notice notice-danger", role: "alert", "data-code": reason }, icon("alert"),
  h("div", { class: "notice-text" }, h("strong", {}, t("offline.refused")), h("p", {}, hasText(`offline.reason.${reason}`) ? t(`offline.reason.${reason}`) : reason)));

function genuine(judged, take) {
  const amount = h("input", { class: "input", type: "number", inputmode: "decimal", min: "0.01", step: "0.01", max: judged.spendLimitFen / 100, value: "36.50" });
  const problems = h("div");
  const accept = () => attempt(problems, async () => {
    const fen = Math.round(Number(amount.value) * 100);
    if (!(fen > 0 && fen <= judged.spendLimitFen)) throw new RangeError(t("offline.amountLimit", { limit: yuan(judged.spendLimitFen) }));
    take(fen);
  });
  return h("div", { class: "presence" },
    h("div", { class: "presence-head" }, icon("shield"), h("div", {}, h("strong", {}, said(t("offline.genuine"))), h("span", {}, t("offline.genuineDetail")))),
    facts([
      [t("offline.bearer"), h("span", { class: "mono small" }, judged.pseudonym)],
      [t("terminal.region"), `${placeOf(judged.region)} · ${t(`card.level.${judged.level}`)}`],
      [t("code.offlineLimit"), h("span", { class: "price" }, yuan(judged.spendLimitFen))],
      [t("code.offlineUntil"), `${day(judged.expiresAt)} ${clock(judged.expiresAt)}`],
    ]),
    field(t("offline.amount"), amount), problems,
    actionButton({ class: "button button-primary wide", "data-action": "take" }, [icon("check"), t("offline.take")], accept));
}

function take({ party, businessType }, code, amountFen, outcome, draw) {
  taken.unshift({ code, party, businessType, amountFen, presentedAt: new Date().toISOString(), outcome: null });
  fill(outcome, idle(t("offline.taken")));
  draw();
}

/** What waits for the network, and what came of the rest. */
function handIn(draw) {
  if (!taken.length) return null;
  const row = (each) => h("li", {},
    h("time", { datetime: each.presentedAt }, clockSeconds(each.presentedAt)),
    h("span", {}, `${t(`business.${each.businessType}`)} ${yuan(each.amountFen)}`),
    each.outcome
      ? badge(each.outcome.good ? "success" : "danger", each.outcome.good ? t("offline.redeemed") : each.outcome.code, each.outcome.good ? "check" : "cross")
      : actionButton({ class: "button", "data-action": "redeem" }, t("offline.redeem"), () => redeem(each).then(draw)));
  return h("section", { class: "scans" }, h("h3", {}, t("offline.waiting")), h("ol", {}, taken.slice(0, 6).map(row)));
}

/** A refusal is an outcome: the code was spent elsewhere, or the card was suspended before it was shown. */
async function redeem(each) {
  const { code, businessType, amountFen, presentedAt } = each;
  try {
    await post(`/sandbox/institutions/${each.party.id}/redeem`, { code, businessType, amountFen, presentedAt });
    each.outcome = { good: true };
  } catch (error) {
    each.outcome = { good: false, code: error.code ?? "page-error" };
  }
}
