/**
 * A pharmacy's terminal: it scans the phone's code, judges one without a network, or shows a code of its own.
 * The sandbox signs each request as that pharmacy; the answers are the service's own.
 */

import { on } from "../bus.js";
import { fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { emptyState, field, region } from "../ui.js";
import { counterPart } from "./counter.js";
import { offlinePart } from "./offline.js";
import { partiesOf } from "./parties.js";
import { scanPart } from "./scan.js";
import { segments, select } from "./segments.js";

const BUSINESS_TYPES = ["02121", "02122", "01301", "01302", "01101", "01201"];
const PARTS = { scan: scanPart, offline: offlinePart, counter: counterPart };

/** Kept over a change of language. */
const state = {
  shown: /** @type {any} */ (null), part: "scan", businessType: BUSINESS_TYPES[0], party: /** @type {any} */ (null),
};

/** @param {HTMLElement} place */
export function startTerminal(place) {
  const draw = () => fill(place,
    h("header", { class: "panel-head" }, h("span", { class: "panel-icon" }, icon("pill")),
      h("div", {}, h("h2", {}, t("terminal.title")), h("p", {}, t("terminal.subtitle")))),
    region(() => partiesOf("pharmacy"), terminal, { rows: 3 }));
  draw();
  on("language", draw);
  on("code", (shown) => { state.shown = shown; });
}

let life = new AbortController();

function terminal(pharmacies) {
  if (!pharmacies.length) return emptyState("pill", t("terminal.none"));
  state.party ??= pharmacies[0];
  const stage = h("div", { class: "stack" });
  const tabs = h("div", { class: "segments segments-wide", role: "group", "aria-label": t("terminal.how") });
  function show() {
    life.abort();
    life = new AbortController();
    fill(tabs, segments(Object.keys(PARTS), state.part, (name) => t(`terminal.part.${name}`), (name) => { state.part = name; show(); }));
    fill(stage, PARTS[state.part](state, life.signal));
  }
  const who = select(pharmacies.map(({ id, name }) => [id, pick(name)]), state.party.id, (id) => {
    state.party = pharmacies.find((each) => each.id === id);
    show();
  });
  const why = select(BUSINESS_TYPES.map((code) => [code, `${code} ${t(`business.${code}`)}`]), state.businessType, (code) => {
    state.businessType = code;
    if (state.part === "counter") show();
  });
  show();
  return h("div", { class: "stack" }, h("div", { class: "field-row" }, field(t("terminal.who"), who), field(t("terminal.why"), why)), tabs, stage);
}
