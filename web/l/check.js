/**
 * The checker's page: somebody shows a card on their phone; is it being shown now, and is this its face?
 * Nobody logs in. The nonce is typed, or stands behind `#` and then never reaches a server's log as an address.
 */

import { get, Problem } from "../api.js";
import { startBar } from "../bar.js";
import { on } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { applyLanguage, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { cardFace } from "../phone/card-face.js";
import { applyTheme } from "../theme.js";
import { clockSeconds, everySecond, secondsLeft } from "../time.js";
import { facts, field, problemNotice, said } from "../ui.js";

const stage = /** @type {HTMLElement} */ (document.getElementById("check"));
const ALPHABET = /[^0-9A-Za-z]/g;
let typed = location.hash.slice(1);
/** @type {{found: any, problem: unknown} | null} */
let answer = null;
let life = new AbortController();

async function check() {
  const nonce = typed.replace(ALPHABET, "");
  if (!nonce) return;
  try {
    answer = { found: await get(`/v1/licences/${nonce}`, { anonymous: true }), problem: null };
  } catch (error) {
    const unknown = error instanceof Problem && error.status === 404;
    answer = { found: null, problem: unknown ? null : error };
  }
  draw();
}

function draw() {
  life.abort();
  life = new AbortController();
  document.title = t("check.pageTitle");
  fill(stage, form(), h("div", { class: "stack" }, outcome()), h("p", { class: "hint centre" }, t("check.private")));
}

function form() {
  const input = h("input", {
    class: "input mono nonce-input", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 16, placeholder: "XXXXX-XXXXX", value: typed,
    oninput: () => { typed = input.value; },
  });
  return h("form", { class: "panel stack", novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("div", {}, h("h2", {}, t("check.title")), h("p", { class: "hint" }, t("check.lead"))),
    field(t("check.nonce"), input),
    actionButton({ type: "submit", class: "button button-primary wide", "data-action": "check" }, [icon("search"), t("check.button")], check));
}

function outcome() {
  if (!answer) return null;
  if (answer.problem) return problemNotice(answer.problem, check);
  if (!answer.found || !secondsLeft(answer.found.validUntil)) return verdict("unknown", "danger", "cross");
  return [verdict("shown", "success", "check"), shown(answer.found)];
}

const verdict = (name, tone, drawn) => h("section", { class: `result verdict verdict-${tone}`, "data-verdict": name },
  icon(drawn), h("h2", {}, said(t(`check.${name}`))), h("p", {}, t(`check.${name}Detail`)));

function shown(found) {
  const left = h("strong", {});
  everySecond(() => {
    left.textContent = t("check.left", { n: secondsLeft(found.validUntil) });
    if (!secondsLeft(found.validUntil)) draw();
  }, life.signal);
  return [
    cardFace(found),
    h("section", { class: "panel stack" }, h("h2", {}, t("check.compare")),
      facts([
        [t("licence.nonce"), h("strong", { class: "mono" }, found.watermark.nonce)],
        [t("attribute.holder"), found.holder],
        [t("card.number"), h("span", { class: "mono" }, found.numberMasked)],
        [t("face.number"), h("span", { class: "mono" }, found.idNumberMasked)],
        [t("licence.issuer"), pick(found.issuer)],
        [t("licence.shownAt"), clockSeconds(found.shownAt)],
        [t("check.valid"), left],
      ])),
  ];
}

applyTheme();
applyLanguage();
startBar(/** @type {HTMLElement} */ (document.getElementById("bar")));
on("language", draw);
addEventListener("hashchange", () => {
  typed = location.hash.slice(1);
  check();
});
draw();
check();
