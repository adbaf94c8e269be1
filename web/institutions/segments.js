/**
 * A few choices side by side, one of them taken; and a list to choose from.
 * Must not know: what is chosen.
 */

import { h } from "../dom.js";

/** @param {string[]} names @param {string} chosen @param {(name: string) => string} label @param {(name: string) => void} choose */
export const segments = (names, chosen, label, choose) => names.map((name) => h("button", {
  type: "button", "data-part": name, "aria-pressed": String(name === chosen), onclick: () => choose(name),
}, label(name)));

/** @param {string[][]} options value and label @param {string} chosen @param {(value: string) => void} change */
export const select = (options, chosen, change) => h("select", { class: "input", onchange: (event) => change(event.target.value) },
  options.map(([value, label]) => h("option", { value, selected: value === chosen }, label)));
