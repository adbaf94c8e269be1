/**
 * The errand's steps in one line: what is done and what comes next.
 * Must not know: how a step is done.
 */

import { on } from "./bus.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

const STEPS = ["login", "face", "card", "code", "decode", "hold", "pay", "confirm", "request", "certificate", "download"];

/** @type {Set<string>} */
const done = new Set();

/** @param {HTMLElement} place */
export function startErrand(place) {
  function draw() {
    const next = STEPS.find((step) => !done.has(step));
    const item = (step, i) => h("li", { class: done.has(step) ? "done" : step === next ? "now" : "", "aria-current": step === next && "step", "data-step": step },
      h("span", { class: "step-dot", "aria-hidden": "true" }, done.has(step) ? icon("check") : i + 1),
      h("span", {}, t(`step.${step}`), done.has(step) && h("span", { class: "visually-hidden" }, t("step.isDone"))));
    fill(place, h("h2", {}, t("errand.title"), h("span", {}, t("errand.count", { n: done.size, of: STEPS.length }))),
      h("ol", { class: "errand-steps" }, STEPS.map(item)));
    place.style.setProperty("--part", String(done.size / STEPS.length));
  }
  draw();
  on("language", draw);
  on("step", (step) => {
    if (done.has(step)) return;
    done.add(step);
    draw();
  });
  on("session", (session) => {
    if (session) return;
    done.clear();
    draw();
  });
}
