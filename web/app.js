/**
 * Composes the page: the bar above, the phone, the institutions, the log, and on a narrow page the switch between them.
 */

import { startBar } from "./bar.js";
import { emit, on } from "./bus.js";
import { announce, fill, h } from "./dom.js";
import { startErrand } from "./errand.js";
import { applyLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";
import { startDesk } from "./institutions/desk.js";
import { startTerminal } from "./institutions/terminal.js";
import { startLog } from "./log.js";
import { startPhone } from "./phone/screens.js";
import { close } from "./session.js";
import { applyTheme } from "./theme.js";

/** @param {string} id @returns {HTMLElement} */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const PANELS = /** @type {const} */ ([["phone", "phone"], ["terminal", "pill"], ["desk", "hospital"], ["log", "pulse"]]);

function words() {
  fill(place("foot"), t("foot.text"));
  place("skip").textContent = t("bar.skip");
}

function switcher() {
  const current = document.body.dataset.panel;
  const place_ = place("switcher");
  place_.setAttribute("aria-label", t("panel.label"));
  fill(place_, PANELS.map(([name, iconName]) => h("button", {
    type: "button", "data-panel": name, "aria-current": name === current && "true", onclick: () => emit("panel", name),
  }, icon(iconName), h("span", {}, t(`panel.${name}`)))));
}

function showPanel(name) {
  document.body.dataset.panel = name;
  switcher();
}

/** The news on another panel is a dot on its button. */
function mention(name) {
  if (document.body.dataset.panel === name) return;
  place("switcher").querySelector(`[data-panel="${name}"]`)?.classList.add("has-news");
}

function names() {
  for (const [name] of PANELS) place(name).setAttribute("aria-label", t(`panel.${name}`));
}

function start() {
  applyTheme();
  applyLanguage();
  document.body.dataset.panel = "phone";
  for (const draw of [words, switcher, names]) {
    draw();
    on("language", draw);
  }
  startBar(place("bar"));
  startErrand(place("errand"));
  startTerminal(place("terminal"));
  startDesk(place("desk"));
  startLog(place("log"));
  const phone = startPhone(place("phone-screen"));
  on("panel", showPanel);
  on("event", () => mention("desk"));
  on("unauthenticated", (problem) => {
    close();
    phone.reset("login", { problem });
    announce(problem.title);
  });
}

start();
