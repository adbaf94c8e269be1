/**
 * Three desks in one place: a hospital's, with the signed events that reach it and what it answered; its clinic; and the
 * bureau's.
 * The hospital sees thin events, each with the verdict on its signature; who the patient is, it asks for itself.
 */

import { get } from "../api.js";
import { emit, on } from "../bus.js";
import { fill, h } from "../dom.js";
import { hasText, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { loggedIn } from "../session.js";
import { clockSeconds, sleep } from "../time.js";
import { badge, emptyState, facts, problemNotice } from "../ui.js";
import { bureauPart } from "./bureau.js";
import { clinicPart } from "./clinic.js";
import { segments } from "./segments.js";

const EVERY_MS = 2000;

/** Kept over a change of language. */
const state = { part: "hospital", hospital: /** @type {any} */ (null), events: /** @type {any[]} */ ([]), error: /** @type {unknown} */ (null), known: new Set() };

const HEADS = {
  hospital: { icon: /** @type {any} */ ("hospital"), title: "desk.title", subtitle: "desk.subtitle" },
  clinic: { icon: /** @type {any} */ ("person"), title: "clinic.title", subtitle: "clinic.subtitle" },
  bureau: { icon: /** @type {any} */ ("card"), title: "bureau.title", subtitle: "bureau.subtitle" },
};

/** @param {HTMLElement} place */
export function startDesk(place) {
  const list = h("div", { class: "desk-events", "aria-live": "polite", "aria-relevant": "additions" });
  const head = h("header", { class: "panel-head" });
  const other = h("div");
  let shown = new AbortController();
  const tabs = h("div", { class: "segments segments-wide", role: "group", "aria-label": t("desk.which") });
  const parts = () => segments(["hospital", "clinic", "bureau"], state.part, (name) => t(`desk.part.${name}`), (name) => { state.part = name; draw(); });
  const draw = () => {
    const { icon: drawn, title, subtitle } = HEADS[state.part];
    const hospital = state.part !== "bureau" && state.hospital ? pick(state.hospital.name) : t(subtitle);
    fill(head, h("span", { class: "panel-icon" }, icon(drawn)), h("div", {}, h("h2", {}, t(title)), h("p", {}, hospital)));
    fill(tabs, parts());
    const events = state.part === "hospital";
    [list.hidden, other.hidden] = [!events, events];
    shown.abort();
    shown = new AbortController();
    if (events) fill(list, content());
    else if (state.part === "bureau") fill(other, bureauPart());
    else fill(other, state.hospital ? clinicPart(state.hospital, () => state.events, shown.signal) : noHospital());
  };
  fill(place, head, tabs, list, other);
  draw();
  let life = new AbortController();
  const choose = (hospital) => {
    if (hospital.id === state.hospital?.id) return;
    life.abort();
    life = new AbortController();
    Object.assign(state, { hospital, events: [], error: null, known: new Set() });
    draw();
    watch(hospital, () => state.part === "hospital" && draw(), life.signal);
  };
  on("language", draw);
  on("session", () => state.part === "bureau" && draw());
  on("hospital", choose);
}

/** Asks while the page is looked at and somebody is logged in. */
async function watch(hospital, draw, signal) {
  let first = true;
  while (!signal.aborted) {
    if (!document.hidden && loggedIn()) {
      await refresh(hospital, draw, signal, first);
      first = false;
    }
    await sleep(EVERY_MS, signal);
  }
}

async function refresh(hospital, draw, signal, first) {
  const before = JSON.stringify(state.events) + (state.error ? "!" : "");
  try {
    const answer = await get(`/sandbox/institutions/${hospital.id}/events`, { signal, quiet: true });
    if (signal.aborted) return;
    state.events = answer.items.map(kept).sort((a, b) => b.at.localeCompare(a.at));
    state.error = null;
    for (const event of state.events) note(event, hospital, first);
  } catch (error) {
    if (signal.aborted) return;
    state.error = error;
  }
  if (JSON.stringify(state.events) + (state.error ? "!" : "") !== before) draw();
}

/** What the desk keeps of one received event. */
function kept(received) {
  const { event } = received;
  return {
    id: event.id, type: event.type, subject: event.data.appointment ?? event.data.presence, version: event.data.version,
    at: received.receivedAt, verified: received.verified, refusal: received.refusal,
    deliveries: received.deliveries, callback: received.callback,
  };
}

function note(event, hospital, first) {
  if (state.known.has(event.id)) return;
  state.known.add(event.id);
  if (!first) emit("event", { ...event, hospital: pick(hospital.name) });
}

const noHospital = () => emptyState("hospital", t("desk.none"), t("desk.noneDetail"));

function content() {
  if (state.error) return problemNotice(state.error);
  if (!state.hospital) return noHospital();
  if (!state.events.length) return emptyState("pulse", t("desk.quiet"), t("desk.quietDetail"));
  return h("ul", { class: "event-cards", tabindex: "0", "aria-label": t("desk.subtitle") }, state.events.slice(0, 20).map(eventCard));
}

const typeName = (type) => {
  const short = type.replace(/^cn\.[^.]+\./, "").replace(/\.v\d+$/, "");
  return hasText(`event.${short}`) ? t(`event.${short}`) : short;
};

function eventCard({ type, subject, version, at, verified, refusal, deliveries, callback }) {
  const verdict = verified ? badge("success", t("desk.verified"), "shield") : badge("danger", t("desk.unverified"), "alert");
  return h("li", { class: "event-card" },
    h("div", { class: "event-head" }, h("strong", {}, typeName(type)), verdict),
    facts([
      [t("desk.subject"), h("span", { class: "mono small" }, subject)],
      [t("desk.version"), version],
      [t("desk.at"), clockSeconds(at)],
      [t("desk.deliveries"), deliveries > 1 ? deliveries : null],
      [t("desk.refusal"), refusal],
      [t("desk.answer"), callback.state === "none" ? null : answered(callback)],
    ]));
}

const TONES = { waiting: "info", done: "success", failed: "danger" };

const answered = ({ state: how, status }) => badge(TONES[how], `${t(`desk.callback.${how}`)}${status ? ` · ${status}` : ""}`);
