/**
 * A hospital's clinic: who comes to a session, called, finished or missed, and the session stopped or resumed.
 * The sandbox signs each word as that hospital; what becomes of the appointments is the service's to say.
 */

import { call, get, post } from "../api.js";
import { actionButton, announce, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { loggedIn } from "../session.js";
import { clock, comingDays, day, now, sleep } from "../time.js";
import { attempt, badge, emptyState, field, notice } from "../ui.js";
import { select } from "./segments.js";

const EVERY_MS = 2000;
const LOOKED_AT = 12;
const COMING = new Set(["booked", "checked-in", "arrived"]);
const TONES = { booked: "info", "checked-in": "success", arrived: "warning", fulfilled: "success", noshow: "danger" };
const EXTRA = { minutes: 5, places: 6, feeFen: 2000 };
const [SOONEST_MS, QUARTER_MS] = [30 * 60_000, 15 * 60_000];

/** Kept over a change of language: which session was chosen, else the newest is open; and what is known of each appointment's. */
const state = { session: /** @type {string | null} */ (null), of: /** @type {Map<string, any>} */ (new Map()) };

/** @param {{id: string}} hospital @param {() => any[]} events what the hospital has received @param {AbortSignal} signal */
export function clinicPart(hospital, events, signal) {
  const roster = h("div", { class: "stack" });
  const which = h("div");
  const outcome = h("div", { "aria-live": "polite" });
  watch(hospital, events, { which, roster, outcome }, signal);
  return h("div", { class: "stack clinic" }, which, roster, outcome, extra(hospital, outcome));
}

const keyOf = ({ practitionerId, startsAt }) => `${practitionerId} ${startsAt}`;

/** Looks again as long as the part is shown; draws what has changed. */
async function watch(hospital, events, places, signal) {
  let before = "";
  while (!signal.aborted) {
    if (!document.hidden && loggedIn()) {
      const seen = await look(hospital, events(), signal).catch(() => null);
      const drawn = JSON.stringify(seen) + state.session;
      if (seen && drawn !== before && !signal.aborted) draw(hospital, seen, places, () => { before = ""; });
      before = seen ? drawn : before;
    }
    await sleep(EVERY_MS, signal);
  }
}

/** The sessions that the newest events are about, and the roster of the one that is open. */
async function look(hospital, events, signal) {
  const base = `/sandbox/institutions/${hospital.id}/appointments`;
  const subjects = [...new Set(events.filter(({ type }) => type.includes(".appointment.")).map(({ subject }) => subject))].slice(0, LOOKED_AT);
  for (const id of subjects) {
    if (!state.of.has(id)) state.of.set(id, await get(`${base}/${id}`, { signal, quiet: true }).catch(() => ({ clinic: null })));
  }
  const sessions = new Map(subjects.map((id) => state.of.get(id)).filter(({ clinic }) => clinic).map((each) => [keyOf(each.clinic), each]));
  const open = sessions.get(state.session) ?? sessions.values().next().value;
  const roster = open && await get(base, { query: open.clinic, signal, quiet: true });
  return { sessions: [...sessions.values()], open, roster };
}

function draw(hospital, { sessions, open, roster }, { which, roster: place, outcome }, again) {
  if (!open) return fill(place, emptyState("person", t("clinic.none"), t("clinic.noneDetail")));
  const name = ({ clinic, departmentName, practitionerName }) => `${day(clinic.startsAt)} ${clock(clinic.startsAt)} · ${departmentName} ${practitionerName}`;
  const choose = (session) => { state.session = session; again(); };
  if (!which.contains(document.activeElement)) {
    fill(which, field(t("clinic.which"), select(sessions.map((each) => [keyOf(each.clinic), name(each)]), keyOf(open.clinic), choose)));
  }
  const order = [...roster.items].sort((a, b) => a.startsAt.localeCompare(b.startsAt));
  return fill(place,
    roster.stopped && notice("warning", "alert", h("strong", {}, t("clinic.stopped")), h("p", {}, t("clinic.stoppedDetail"))),
    h("section", { class: "scans" }, h("h3", {}, t("clinic.roster")),
      order.length ? h("ol", { class: "roster" }, order.map((each) => line(hospital, each, outcome))) : h("p", { class: "hint" }, t("clinic.nobody"))),
    announcing(hospital, open.clinic, roster.stopped, outcome));
}

function line(hospital, { id, patient, startsAt, status, late, queueNumber }, outcome) {
  const tell = (what) => attempt(outcome, async () => {
    await post(`/sandbox/institutions/${hospital.id}/appointments/${id}`, { outcome: what });
    announce(t("clinic.told"));
  });
  const act = (what) => actionButton({ class: "button", "data-outcome": what, "aria-label": t("clinic.actFor", { act: t(`clinic.${what}`), holder: patient.holder }) },
    t(`clinic.${what}`), () => tell(what));
  return h("li", { "data-appointment": id, "data-status": status },
    h("time", { datetime: startsAt }, clock(startsAt)),
    h("span", {}, h("strong", {}, queueNumber ? `${queueNumber} · ${patient.holder}` : patient.holder), " ",
      badge(/** @type {any} */ (TONES[status] ?? "neutral"), t(`apt.status.${status}`)), late && [" ", badge("warning", t("clinic.late"), "clock")]),
    COMING.has(status) && h("div", { class: "roster-acts" }, status !== "arrived" && act("called"), act("fulfilled"), status !== "arrived" && act("no-show")));
}

function announcing(hospital, clinic, stopped, outcome) {
  const action = stopped ? "resumed" : "stopped";
  const tell = () => attempt(outcome, async () => {
    await post(`/sandbox/institutions/${hospital.id}/clinics`, { ...clinic, action });
    announce(t("clinic.told"));
  });
  return h("div", { class: "button-row" },
    actionButton({ class: stopped ? "button" : "button button-danger", "data-action": action }, [icon(stopped ? "refresh" : "pause"), t(stopped ? "clinic.resume" : "clinic.stop")], tell));
}

/** Today's slots are over in the evening: a session of the hospital's own, planned as any other, lets one check in. */
function extra(hospital, outcome) {
  const add = () => attempt(outcome, async () => {
    const [[department], doctors] = await Promise.all(["departments", "practitioners"].map(async (what) => (await get(`/v1/hospitals/${hospital.id}/${what}`)).items));
    const doctor = doctors.find(({ departmentId }) => departmentId === department.id);
    const [date, startsAt] = soon();
    await plan(hospital, doctor, date, startsAt);
    fill(outcome, notice("success", "check", h("strong", { "data-date": date }, t("clinic.extraDone", { time: `${day(startsAt)} ${clock(startsAt)}`, department: department.name, doctor: doctor.name }))));
  });
  return h("div", { class: "stack" },
    actionButton({ class: "button wide", "data-action": "extra" }, [icon("plus"), t("clinic.extra")], add),
    h("p", { class: "hint" }, t("clinic.extraHint")));
}

/** The next quarter in half an hour, and its date; a session ends on the day it starts, so before midnight the next day's first. */
function soon() {
  const [today, tomorrow] = comingDays(2);
  const at = Math.ceil((now() + SOONEST_MS) / QUARTER_MS) * QUARTER_MS;
  const midnight = Date.parse(`${tomorrow}T00:00:00+08:00`);
  const fits = at + EXTRA.minutes * EXTRA.places * 60_000 <= midnight;
  return [fits ? today : tomorrow, new Date(fits ? at : Math.max(at, midnight)).toISOString()];
}

/** Proposed first, and applied as it was proposed. */
async function plan(hospital, doctor, date, startsAt) {
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay() || 7;
  const planned = { ...EXTRA, practitionerId: doctor.id, weekdays: [weekday], start: clock(startsAt), firstDay: date, lastDay: date };
  const path = `/sandbox/institutions/${hospital.id}/schedules/extra-${doctor.id}-${Date.parse(startsAt)}`;
  const { proposal } = await call("PUT", path, { body: planned });
  await call("PUT", path, { body: { ...planned, apply: true, proposal } });
}
