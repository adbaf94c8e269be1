/**
 * The event log: every call this page made and every event an institution received, newest first.
 * Paths hold opaque ids and never personal data.
 */

import { on } from "./bus.js";
import { fill, h } from "./dom.js";
import { hasText, t } from "./i18n.js";
import { icon } from "./icons.js";
import { clockSeconds } from "./time.js";
import { emptyState } from "./ui.js";

const MOST = 200;

/** @type {any[]} */
const entries = [];

const LANES = [["/sandbox/payment-app", "payment"], ["/sandbox/institutions", "institution"], ["/sandbox", "sandbox"], ["/v1", "service"]];
const laneOf = (path) => LANES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? "service";

/** @param {HTMLElement} place */
export function startLog(place) {
  const list = h("ol", { class: "log-list", tabindex: "0" });
  const head = h("header", { class: "panel-head" });
  function draw() {
    const clear = h("button", { type: "button", class: "button button-quiet", onclick: () => { entries.length = 0; draw(); } }, t("log.clear"));
    fill(head, h("span", { class: "panel-icon" }, icon("pulse")), h("div", {}, h("h2", {}, t("log.title")), h("p", {}, t("log.subtitle"))), clear);
    list.setAttribute("aria-label", t("log.title"));
    fill(list, entries.length ? entries.map(line) : h("li", {}, emptyState("pulse", t("log.none"))));
  }
  function add(entry) {
    if (!entries.length) fill(list);
    entries.unshift({ at: new Date().toISOString(), ...entry });
    entries.length = Math.min(entries.length, MOST);
    list.prepend(line(entries[0]));
    if (list.children.length > MOST) list.lastElementChild?.remove();
  }
  fill(place, head, list);
  draw();
  on("language", draw);
  on("call", (call) => add({ kind: "call", ...call }));
  on("event", (event) => add({ kind: "event", ...event }));
}

function line(entry) {
  return entry.kind === "event" ? eventLine(entry) : callLine(entry);
}

const short = (path) => path.replace(/([a-z]+_)?[0-9A-Za-z]{20,}/g, (id) => `${id.slice(0, 8)}…`);

function callLine({ at, method, path, status, ms, code }) {
  const lane = laneOf(path);
  const good = status < 400;
  return h("li", { class: `log-line lane-${lane}` },
    h("time", { datetime: at }, clockSeconds(at)),
    h("span", { class: "lane" }, t(`log.lane.${lane}`)),
    h("span", { class: "log-what mono", title: path }, `${method} ${short(path)}`, !good && code ? h("em", {}, ` ${code}`) : null),
    h("span", { class: `status ${good ? "" : "status-bad"}` }, status),
    h("span", { class: "ms" }, `${ms} ms`));
}

function eventLine({ at, type, hospital, verified }) {
  const name = type.replace(/^cn\.[^.]+\./, "").replace(/\.v\d+$/, "");
  return h("li", { class: "log-line lane-event" },
    h("time", { datetime: at }, clockSeconds(at)),
    h("span", { class: "lane" }, t("log.lane.event")),
    h("span", { class: "log-what" }, `${hasText(`event.${name}`) ? t(`event.${name}`) : name} → ${hospital}`),
    h("span", { class: `status ${verified ? "" : "status-bad"}` }, verified ? icon("shield") : icon("alert")),
    h("span", { class: "ms" }, t(verified ? "log.signed" : "log.unsigned")));
}
