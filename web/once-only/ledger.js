/**
 * The once-only ledger for everybody: which materials are fetched, which are still paper, and who keeps them.
 * Nobody logs in; nobody's data is in it.
 */

import { get } from "../api.js";
import { startBar } from "../bar.js";
import { on } from "../bus.js";
import { fill, h, skeleton } from "../dom.js";
import { applyLanguage, pick, t } from "../i18n.js";
import { materialRow } from "../phone/matters.js";
import { applyTheme } from "../theme.js";
import { problemNotice } from "../ui.js";

const stage = /** @type {HTMLElement} */ (document.getElementById("ledger"));
/** @type {any} */
let ledger = null;

async function ask() {
  fill(stage, skeleton(6, t("common.loading")));
  try {
    ledger = await get("/v1/once-only", { anonymous: true });
    draw();
  } catch (error) {
    fill(stage, problemNotice(error, ask));
  }
}

function draw() {
  document.title = `${t("once.title")} · zerotrip`;
  if (ledger) fill(stage, head(ledger), sources(ledger), items(ledger), h("a", { class: "button button-quiet", href: "/" }, t("once.back")));
}

const head = ({ tally, usage, items: { length } }) => h("section", { class: "panel once-head" },
  h("h2", {}, t("once.title")), h("p", {}, t("once.lead")),
  h("p", { class: "once-gap" }, h("strong", {}, `${tally.gapPercent}%`), h("span", {}, t("once.gap"))),
  gauge(tally),
  h("p", {}, t("once.counts", { ...tally, items: length })),
  h("p", { class: "hint", "data-spared": usage.spared }, t("once.spared", usage)));

const gauge = ({ gapPercent }) => h("span", { class: "gauge", "aria-hidden": "true" }, h("span", { style: { width: `${gapPercent}%` } }));

const sources = ({ departments }) => h("section", { class: "panel" },
  h("h2", {}, t("once.sources")),
  h("ul", { class: "once-sources" }, departments.map(({ department, tally }) => h("li", {},
    h("strong", {}, pick(department.name)), h("span", {}, t("once.ofMaterials", tally)), gauge(tally)))));

const items = (told) => h("section", { class: "panel" },
  h("h2", {}, t("once.items")),
  told.items.map(({ id, code, name, department, tally, materials }) => h("details", { class: "once-item", id },
    h("summary", {}, h("span", { class: "mono" }, code), h("strong", {}, pick(name)), h("span", {}, `${tally.gapPercent}%`)),
    h("p", { class: "hint" }, `${pick(department.name)} · ${t("once.ofMaterials", tally)}`),
    h("ul", { class: "rows" }, materials.map((each) => h("li", {}, materialRow(each)))))));

applyTheme();
applyLanguage();
startBar(/** @type {HTMLElement} */ (document.getElementById("bar")));
on("language", draw);
ask();
