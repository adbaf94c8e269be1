/**
 * Showing the card's code: a fresh one every 45 s, each good for one minute and one scan.
 * The code's text holds spaces that count: it is never trimmed.
 */

import { post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { qrFigure } from "../qr-figure.js";
import { everySecond, now, secondsLeft } from "../time.js";
import { problemNotice } from "../ui.js";

const WHOLE_SECONDS = 60;

/** @type {import("./shell.js").Screen} */
export function codeScreen(phone, { card }) {
  const frame = h("div", { class: "code-frame", "aria-busy": "true" });
  const ring = h("span", { class: "code-ring", "aria-hidden": "true" });
  const left = h("p", { class: "code-left" });
  const signal = phone.signal;
  let code = /** @type {any} */ (null);
  let asking = false;

  async function refresh() {
    if (asking) return;
    asking = true;
    try {
      code = await post(`/v1/cards/${card.id}/codes`, {}, { signal });
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
  signal.addEventListener("abort", () => emit("code", null), { once: true });
  return {
    title: t("code.title"),
    body: h("div", { class: "stack code-screen" },
      h("div", { class: "code-card" },
        h("div", { class: "code-holder" }, h("strong", {}, card.holder), h("span", { class: "mono" }, card.numberMasked)),
        frame,
        h("div", { class: "code-time" }, ring, left)),
      actionButton({ class: "button button-quiet wide" }, [icon("refresh"), t("code.refresh")], refresh),
      h("button", { type: "button", class: "button wide narrow-only", onclick: () => emit("panel", "terminal") }, icon("scan"), t("code.toTerminal")),
      h("p", { class: "hint centre" }, t("code.hint"))),
  };
}
