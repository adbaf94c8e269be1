/**
 * Showing the card to eyes: its masked face under a moving watermark that a screenshot cannot renew.
 * Whoever checks compares it with what the checker's page shows under the same nonce.
 */

import { post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clockSeconds, everySecond, secondsLeft } from "../time.js";
import { facts, problemNotice } from "../ui.js";
import { cardFace } from "./card-face.js";

const WHOLE_SECONDS = 60;
const RENEW_AT = 5;
const LINES = 7;

/** @type {import("./shell.js").Screen} */
export function licenceScreen(phone, { card }) {
  const signal = phone.signal;
  const place = h("div", { class: "licence", "aria-busy": "true" });
  const ring = h("span", { class: "code-ring", "aria-hidden": "true" });
  const left = h("span");
  let shown = /** @type {any} */ (null);
  let asking = false;

  async function refresh() {
    if (asking) return;
    asking = true;
    try {
      shown = await post("/v1/licences", { cardId: card.id }, { signal });
      fill(place, face(shown));
    } catch (error) {
      shown = null;
      if (!signal.aborted) fill(place, problemNotice(error, refresh));
    }
    place.removeAttribute("aria-busy");
    asking = false;
    tick();
  }

  function tick() {
    const seconds = shown ? secondsLeft(shown.validUntil) : 0;
    left.textContent = shown ? t("licence.left", { n: seconds }) : "";
    ring.style.setProperty("--part", String(seconds / WHOLE_SECONDS));
    if (shown && seconds <= RENEW_AT) refresh();
  }

  refresh().then(() => everySecond(tick, signal));
  const address = `${location.host}/l/`;
  return {
    title: t("licence.title"),
    body: h("div", { class: "stack" },
      place,
      h("div", { class: "licence-time" }, ring, left),
      h("p", { class: "hint centre" }, t("licence.check"), " ", h("a", { class: "link", href: "l/", target: "_blank", rel: "noopener" }, address)),
      actionButton({ class: "button button-quiet wide", "data-action": "renew" }, [icon("refresh"), t("licence.renew")], refresh)),
  };
}

/** The face, its watermark, and the nonce large enough to be read across a counter. */
function face(shown) {
  return [
    h("div", { class: "licence-card" }, cardFace(shown), watermark(pick(shown.watermark.text))),
    h("p", { class: "nonce" }, h("span", {}, t("licence.nonce")), h("strong", { class: "mono" }, shown.watermark.nonce)),
    facts([
      [t("face.number"), h("span", { class: "mono" }, shown.idNumberMasked)],
      [t("licence.issuer"), pick(shown.issuer)],
      [t("licence.shownAt"), clockSeconds(shown.shownAt)],
    ]),
  ];
}

/** @param {string} text */
export const watermark = (text) => h("div", { class: "watermark", "aria-hidden": "true" },
  h("div", { class: "watermark-lines" }, Array.from({ length: LINES }, () => h("span", {}, `${text}　${text}　${text}`))));
