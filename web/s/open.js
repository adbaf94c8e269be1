/**
 * The page that a one-time link leads to. It asks before it uses the link up: a preview, or a curious finger, shall not.
 * The secret stands behind `#` and goes nowhere but into the one call that opens it; nobody logs in.
 */

import { newKey, post, Problem } from "../api.js";
import { startBar } from "../bar.js";
import { on } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { applyLanguage, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { applyTheme } from "../theme.js";
import { clock, fullDay } from "../time.js";
import { facts, notice, problemNotice, said } from "../ui.js";

const OPENER = "zerotrip.opener";
const ENDED = new Set(["share-not-found", "share-used", "share-over", "share-revoked", "certificate-not-standing"]);
const stage = /** @type {HTMLElement} */ (document.getElementById("share"));
const secret = () => location.hash.slice(1);

/** @type {any} */
let opened = null;
/** @type {unknown} */
let problem = null;

/** What this tab calls itself: whoever loses the answer asks again, within the file's five minutes. */
function opener() {
  const known = sessionStorage.getItem(OPENER) ?? newKey();
  sessionStorage.setItem(OPENER, known);
  return known;
}

async function open() {
  try {
    opened = await post("/v1/shares/open", { secret: secret(), opener: opener() }, { anonymous: true });
    problem = null;
  } catch (error) {
    problem = error;
  }
  draw();
}

function draw() {
  document.title = t("open.pageTitle");
  fill(stage, opened ? shown() : problem ? refused() : closed(), h("p", { class: "hint centre" }, t("open.private")));
}

const head = (tone, drawn, key, state) => h("section", { class: `result verdict verdict-${tone}`, "data-share": state },
  icon(drawn), h("h2", {}, said(t(`open.${key}`))), h("p", {}, t(`open.${key}Detail`)));

const closed = () => (secret()
  ? [head("warning", "certificate", "closed", "closed"), actionButton({ class: "button button-primary wide", "data-action": "open-share" }, [icon("eye"), t("open.button")], open)]
  : head("danger", "cross", "incomplete", "incomplete"));

function refused() {
  if (!(problem instanceof Problem) || !ENDED.has(problem.code)) return [problemNotice(problem, open)];
  return h("section", { class: "result verdict verdict-danger", "data-share": problem.code },
    icon("cross"), h("h2", {}, said(problem.title)), h("p", {}, t("open.endedDetail")));
}

function shown() {
  return [
    h("article", { class: "paper", "data-share": "opened" },
      h("h3", {}, pick(opened.typeName)),
      h("p", { class: "paper-line" }, said(t("open.shown"))),
      facts([[t("cert.serial"), h("span", { class: "mono" }, opened.serial)], [t("verify.issuer"), pick(opened.issuer)],
        [t("share.purpose"), opened.purpose], [t("cert.issuedAt"), fullDay(opened.issuedAt)], [t("cert.validUntil"), fullDay(opened.validUntil)]])),
    h("a", { class: "button button-primary wide", href: opened.url, target: "_blank", rel: "noopener noreferrer", "data-action": "fetch" }, icon("download"), t("open.fetch")),
    notice("info", "clock", h("p", {}, t("open.until", { time: clock(opened.expiresAt) }))),
  ];
}

applyTheme();
applyLanguage();
startBar(/** @type {HTMLElement} */ (document.getElementById("bar")));
on("language", draw);
addEventListener("hashchange", () => {
  opened = problem = null;
  draw();
});
draw();
