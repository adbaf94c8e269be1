/**
 * The face of an electronic social-security card: the lake, the hills and the moon of the city it belongs to.
 * Must not know: how a card is bound. Shows what the API gives, which is masked.
 */

import { drawing, h } from "../dom.js";
import { hasText, t } from "../i18n.js";

const LANDSCAPE = `
  <svg class="card-art" viewBox="0 0 340 214" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
    <circle cx="246" cy="84" r="22" fill="#fdf6e3" opacity=".92"/>
    <circle cx="246" cy="84" r="35" fill="#fdf6e3" opacity=".13"/>
    <path d="M0 150c30-14 58-36 92-34s52 22 84 16 60-40 96-38 48 18 68 26v94H0z" fill="#0b4650" opacity=".42"/>
    <path d="M0 170c40-8 62-28 104-24s66 20 108 14 80-24 128-12v66H0z" fill="#083840" opacity=".55"/>
    <path d="M276 148v-9h-5l9-7h-5l7-6h-4l7-8 7 8h-4l7 6h-5l9 7h-5v9z" fill="#062c33" opacity=".75"/>
    <path d="M0 184c60-7 110 5 170 2s110-8 170-2v30H0z" fill="#0a5a61" opacity=".75"/>
    <g fill="none" stroke="#bfe7e0" stroke-width="1" opacity=".35">
      <path d="M20 192c16-3 28 3 44 0M96 198c18-3 32 3 50 0M186 193c16-3 30 3 46 0M258 200c16-3 30 3 46 0M44 206c14-2 24 2 38 0M214 207c14-2 24 2 38 0"/>
    </g>
  </svg>`;

const EMBLEM = `
  <svg class="card-emblem" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <circle cx="16" cy="16" r="14.5"/><path d="M16 6.5c-5 3-7 7-7 11 0 3 2.5 6 7 8 4.5-2 7-5 7-8 0-4-2-8-7-11zM16 6.5v19M9.5 15.5c3 0 5 1.5 6.5 4 1.5-2.5 3.5-4 6.5-4"/>
  </svg>`;

const region = (code) => (hasText(`region.${code}`) ? t(`region.${code}`) : code);

/** @param {{holder: string, numberMasked: string, region: string, level: number, status: string}} card */
export function cardFace(card) {
  return h("article", { class: "card-face", "data-status": card.status, "aria-label": t("card.name") },
    drawing(LANDSCAPE),
    h("header", { class: "card-head" },
      drawing(EMBLEM),
      h("div", {}, h("strong", {}, t("card.name")), h("span", {}, t("card.nameOther"))),
      h("span", { class: "card-level" }, t(`card.level.${card.level}`))),
    h("div", { class: "card-main" },
      h("span", { class: "card-holder" }, card.holder),
      h("span", { class: "card-number mono" }, card.numberMasked)),
    h("footer", { class: "card-foot" }, h("span", {}, region(card.region)), h("span", {}, t(`card.status.${card.status}`))));
}
