/**
 * The terminal with a network: it scans the phone's code and shows what it may know, or why it may not.
 */

import { post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clockSeconds } from "../time.js";
import { badge, problemNotice } from "../ui.js";
import { presence } from "./presence.js";

const MOST_SCANS = 4;

/** Kept over a change of language: what was scanned last and what came of it. */
const last = {
  scanned: /** @type {string | null} */ (null), outcome: /** @type {any} */ (null),
  scans: /** @type {{at: string, why: string, refusal: string | null}[]} */ ([]),
};

/** @param {{shown: any, businessType: string, party: any}} state @returns {any[]} */
export function scanPart(state) {
  const outcome = h("div", { class: "outcome", "aria-live": "polite" });
  const again = actionButton({ class: "button", "data-action": "rescan" }, [icon("refresh"), t("terminal.again")], () => decode(state, outcome, again));
  const scan = actionButton({ class: "button button-primary", "data-action": "scan" }, [icon("scan"), t("terminal.scan")], () => {
    last.scanned = state.shown?.code ?? null;
    return decode(state, outcome, again);
  });
  again.hidden = !last.scanned;
  fill(outcome, last.outcome ? [last.outcome(), lastScans()] : idle(t("terminal.idle")));
  return [h("div", { class: "button-row" }, scan, again), outcome];
}

/** @param {string} text */
export const idle = (text) => h("div", { class: "idle" }, h("span", { class: "beam", "aria-hidden": "true" }), h("p", {}, text));

/** @param {string} text */
export const nothingShown = (text) => h("div", { class: "idle idle-warn" }, icon("phone"), h("p", {}, text));

async function decode({ party, businessType }, outcome, again) {
  const at = new Date().toISOString();
  if (!last.scanned) {
    last.outcome = () => nothingShown(t("terminal.noCode"));
  } else {
    try {
      const answer = await post(`/sandbox/institutions/${party.id}/decode`, { code: last.scanned, businessType });
      last.outcome = () => presence(answer, at);
      remember(at, businessType, null);
      emit("step", "decode");
    } catch (error) {
      remember(at, businessType, error.code ?? "page-error");
      last.outcome = () => h("div", { class: "refused" }, problemNotice(error));
    }
  }
  again.hidden = !last.scanned;
  fill(outcome, last.outcome(), lastScans());
}

function remember(at, why, refusal) {
  last.scans = [{ at, why, refusal }, ...last.scans].slice(0, MOST_SCANS);
}

/** What this terminal has scanned: when, why, with what result; never whom. */
const lastScans = () => (last.scans.length < 2 ? null : h("section", { class: "scans" },
  h("h3", {}, t("terminal.scans")),
  h("ol", {}, last.scans.map(({ at, why, refusal }) => h("li", {},
    h("time", { datetime: at }, clockSeconds(at)), h("span", {}, t(`business.${why}`)),
    refusal ? badge("danger", refusal, "cross") : badge("success", t("terminal.present"), "check"))))));
