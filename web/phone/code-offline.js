/**
 * The code for a counter without a network: signed, good for a day and one payment up to a limit.
 * The last one is kept in memory, so that it can be shown when the phone has no network either.
 * Must not know: the screen that it stands on.
 */

import { post } from "../api.js";
import { emit, on } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { qrFigure } from "../qr-figure.js";
import { clock, day, secondsLeft, yuan } from "../time.js";
import { facts, problemNotice } from "../ui.js";

/** @typedef {{code: string, expiresAt: string, limitFen: number}} Kept */

/**
 * By card and version: whatever changes a card (it was lost, or found again) ends the codes that were out.
 * @type {Map<string, Kept>}
 */
const kept = new Map();
const keyOf = ({ id, version }) => `${id}/${version}`;
on("session", (session) => session ?? kept.clear());

/** Keeps what came with an ordinary code; one that may be shown already is not replaced. */
export function keepOffline(card, { offlineCode, offlineExpiresAt, spendLimitFen }, fresh = false) {
  if (!offlineCode || (!fresh && standing(card))) return;
  kept.set(keyOf(card), { code: offlineCode, expiresAt: offlineExpiresAt, limitFen: spendLimitFen });
}

/** @returns {Kept | null} */
function standing(card) {
  const code = kept.get(keyOf(card));
  return code && secondsLeft(code.expiresAt) > 0 ? code : null;
}

/** @param {any} card @param {AbortSignal} signal @returns {any[]} */
export function offlineCode(card, signal) {
  const frame = h("div", { class: "code-frame code-frame-dense", "aria-busy": "true" });
  const told = h("div");
  async function fetchOne() {
    try {
      keepOffline(card, await post(`/v1/cards/${card.id}/codes`, {}, { signal }), true);
      if (!signal.aborted) show();
    } catch (error) {
      if (!signal.aborted) fill(frame, problemNotice(error, fetchOne));
    }
  }
  function show() {
    const { code, expiresAt, limitFen } = /** @type {Kept} */ (standing(card));
    frame.removeAttribute("aria-busy");
    fill(frame, qrFigure(code, t("code.offlineLabel")));
    fill(told, facts([[t("code.offlineUntil"), `${day(expiresAt)} ${clock(expiresAt)}`], [t("code.offlineLimit"), h("span", { class: "price" }, yuan(limitFen))]]));
    emit("code", { code, expiresAt, offline: true });
  }
  if (standing(card)) show();
  else fetchOne();
  return [
    h("div", { class: "code-card" },
      h("div", { class: "code-holder" }, h("strong", {}, card.holder), h("span", { class: "mono" }, card.numberMasked)),
      frame,
      h("div", { class: "code-time" }, icon("offline"), t("code.offlineOnce"))),
    told,
    actionButton({ class: "button button-quiet wide", "data-action": "another" }, [icon("refresh"), t("code.offlineAnother")], fetchOne),
    h("p", { class: "hint centre" }, t("code.offlineHint")),
  ];
}
