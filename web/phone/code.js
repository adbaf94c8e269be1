/**
 * Showing the card's code: a fresh one every 45 s, each good for one minute and one scan; for a card that can pay
 * also the offline code, for a counter without a network.
 * The codes' texts hold spaces that count: they are never trimmed.
 */

import { emit } from "../bus.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { offlineCode } from "./code-offline.js";
import { onlineCode } from "./code-online.js";

const TABS = { online: onlineCode, offline: offlineCode };

/** @type {import("./shell.js").Screen} */
export function codeScreen(phone, params) {
  const { card } = params;
  const stage = h("div", { class: "stack", role: "tabpanel", id: "code-panel" });
  const tabs = h("div", { class: "segments segments-wide", role: "tablist", "aria-label": t("code.title") });
  let life = new AbortController();

  function choose(name) {
    life.abort();
    life = new AbortController();
    params.tab = name;
    fill(tabs, Object.keys(TABS).map((each) => tab(each, each === name, choose)));
    stage.setAttribute("aria-label", t(`code.tab.${name}`));
    fill(stage, TABS[name](card, AbortSignal.any([life.signal, phone.signal])));
  }

  choose(params.tab ?? "online");
  phone.signal.addEventListener("abort", () => emit("code", null), { once: true });
  return {
    title: t(card.role === "family" ? "code.familyTitle" : "code.title"),
    body: h("div", { class: "stack code-screen" }, card.role === "own" && card.level > 1 && tabs, stage,
      h("button", { type: "button", class: "button wide narrow-only", onclick: () => emit("panel", "terminal") }, icon("scan"), t("code.toTerminal"))),
  };
}

/** Arrow keys go from tab to tab, as a screen reader's user expects. */
function tab(name, selected, choose) {
  const others = Object.keys(TABS);
  const step = (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const list = event.currentTarget.parentElement;
    choose(others[(others.indexOf(name) + 1) % others.length]);
    list.querySelector("[aria-selected=true]").focus();
  };
  return h("button", {
    type: "button", role: "tab", "data-tab": name, "aria-selected": String(selected), "aria-controls": "code-panel", tabindex: selected ? 0 : -1,
    onclick: () => choose(name), onkeydown: step,
  }, t(`code.tab.${name}`));
}
