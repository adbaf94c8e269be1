/**
 * The code for a counter with a network: fresh every 45 s, good for one minute and one scan.
 * Must not know: the screen that it stands on.
 */

import { post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { qrFigure } from "../qr-figure.js";
import { everySecond, now, secondsLeft } from "../time.js";
import { problemNotice } from "../ui.js";
import { keepOffline } from "./code-offline.js";

const WHOLE_SECONDS = 60;

/** @param {any} card @param {AbortSignal} signal @returns {any[]} */
export function onlineCode(card, signal) {
  const frame = h("div", { class: "code-frame", "aria-busy": "true" });
  const ring = h("span", { class: "code-ring", "aria-hidden": "true" });
  const left = h("p", { class: "code-left" });
  let code = /** @type {any} */ (null);
  let asking = false;

  async function refresh() {
    if (asking) return;
    asking = true;
    try {
      code = await post(`/v1/cards/${card.id}/codes`, {}, { signal });
      keepOffline(card, code);
      if (signal.aborted) return;
      fill(frame, qrFigure(code.code, t("code.label")));
      emit("code", { code: code.code, expiresAt: code.expiresAt });
      emit("step", "code");
    } catch (error) {
      code = null;
      if (!signal.aborted) fill(frame, problemNotice(error, refresh));
    }
    frame.removeAttribute("aria-busy");
    asking = false;
    tick();
  }

  function tick() {
    const seconds = code ? secondsLeft(code.expiresAt) : 0;
    left.textContent = code ? t("code.left", { n: seconds }) : "";
    ring.style.setProperty("--part", String(seconds / WHOLE_SECONDS));
    if (code && now() >= Date.parse(code.refreshAfter)) refresh();
  }

  refresh().then(() => everySecond(tick, signal));
  return [
    h("div", { class: "code-card" },
      h("div", { class: "code-holder" }, h("strong", {}, card.holder), h("span", { class: "mono" }, card.numberMasked)),
      frame,
      h("div", { class: "code-time" }, ring, left)),
    actionButton({ class: "button button-quiet wide" }, [icon("refresh"), t("code.refresh")], refresh),
    h("p", { class: "hint centre" }, t("code.hint")),
  ];
}
