/**
 * The page that a paper's code leads to: is this certificate genuine, does it hold, and is the file the issued one?
 * Nobody logs in, nothing is uploaded; the code behind `#` never leaves the device.
 */

import { get, Problem } from "../api.js";
import { startBar } from "../bar.js";
import { on } from "../bus.js";
import { fill, h, skeleton } from "../dom.js";
import { applyLanguage, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { applyTheme } from "../theme.js";
import { fullDay, moment } from "../time.js";
import { facts, notice, problemNotice, said } from "../ui.js";
import { fileDrop } from "./file-drop.js";
import { thatDay } from "./that-day.js";
import { digestOf, formOf, judge } from "./verdict.js";

const LOOKS = {
  genuine: ["success", "check"], expired: ["warning", "clock"], suspended: ["warning", "pause"], "not-yet": ["warning", "clock"],
  unproven: ["warning", "alert"], revoked: ["danger", "cross"], altered: ["danger", "cross"], unknown: ["danger", "cross"],
};
const WITHDRAWN = ["suspended", "revoked"];

const stage = /** @type {HTMLElement} */ (document.getElementById("verify"));
const id = location.pathname.split("/").pop() ?? "";
const code = () => location.hash.slice(1).toLowerCase();

/** @type {import("./verdict.js").Genuine | null} */
let known = null;
/** @type {{name: string, digest: string} | null} */
let file = null;
/** @type {unknown} */
let problem = null;
let asked = false;

async function ask() {
  asked = false;
  draw();
  try {
    known = id ? await get(`/v1/verify/${id}`, { anonymous: true }) : null;
    problem = null;
  } catch (error) {
    known = null;
    problem = error instanceof Problem && error.status === 404 ? null : error;
  }
  asked = true;
  draw();
}

/** @param {File} chosen */
async function compare(chosen) {
  file = { name: chosen.name, digest: await digestOf(await chosen.arrayBuffer()) };
  draw();
  scrollTo({ top: 0 });
}

function draw() {
  document.title = t("verify.pageTitle");
  if (!asked) fill(stage, skeleton(4, t("common.loading")));
  else if (problem) fill(stage, problemNotice(problem, ask));
  else fill(stage, verdictCard(), known && [paper(known), comparison(known), thatDay(known.id)], h("p", { class: "hint centre" }, t("verify.private")));
}

function verdictCard() {
  const verdict = judge(known, code(), file?.digest ?? null);
  const [tone, drawn] = LOOKS[verdict];
  const detail = verdict === "altered" && file ? t("verify.alteredFile", { name: file.name }) : t(`verify.${verdict}Detail`);
  return h("section", { class: `result verdict verdict-${tone}`, "data-verdict": verdict },
    icon(drawn), h("h2", {}, said(t(`verify.${verdict}`))), h("p", {}, detail),
    known && WITHDRAWN.includes(verdict) && h("p", { class: "verdict-why" },
      t("verify.since", { time: moment(known.since) }), known.reason && h("strong", {}, pick(known.reason))));
}

/** @param {import("./verdict.js").Genuine} genuine */
function paper(genuine) {
  return h("article", { class: "paper" },
    h("h3", {}, pick(genuine.typeName)),
    h("p", { class: "paper-line" }, t("verify.record")),
    facts([[t("cert.serial"), h("span", { class: "mono" }, genuine.serial)],
      [t("verify.identifier"), genuine.identifier && h("span", { class: "mono small" }, genuine.identifier)],
      [t("verify.issuer"), pick(genuine.issuer)],
      [t("cert.issuedAt"), fullDay(genuine.issuedAt)], [t("cert.validUntil"), fullDay(genuine.validUntil)]]),
    genuine.statusList && h("details", { class: "paper-more" },
      h("summary", {}, t("verify.offline")),
      h("p", { class: "hint" }, t("verify.offlineHint")),
      h("p", {}, h("a", { href: genuine.statusList.uri, class: "mono small" }, genuine.statusList.uri), " · ",
        h("span", { class: "mono small" }, t("verify.place", { n: genuine.statusList.index })))));
}

/** @param {import("./verdict.js").Genuine} genuine */
function comparison(genuine) {
  const same = file && formOf(genuine, file.digest);
  return h("section", { class: "panel stack" },
    h("div", {}, h("h2", {}, t("verify.compare")), h("p", { class: "hint" }, t("verify.compareHint"))),
    same && notice("success", "shield", h("strong", {}, said(t("verify.same"))), h("p", {}, t("verify.sameDetail", { name: file?.name ?? "" }))),
    crypto.subtle ? fileDrop(compare) : notice("warning", "alert", h("p", {}, t("verify.insecure"))));
}

applyTheme();
applyLanguage();
startBar(/** @type {HTMLElement} */ (document.getElementById("bar")));
on("language", draw);
addEventListener("hashchange", draw);
ask();
