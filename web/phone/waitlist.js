/**
 * Waiting for a sold-out doctor (候补): the chance first, then who, until when, and the prepayment; my entries.
 * Must not know: how a queue is served.
 */

import { get, newKey, post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, now, yuan } from "../time.js";
import { attempt, badge, facts, field, notice } from "../ui.js";
import { cardChoice, usableCards } from "./wallet.js";

const TONES = { "pending-payment": "warning", active: "info", matched: "success", fulfilled: "success" };
const HOUR = 3_600_000;

export const waitBadge = ({ status }) => badge(TONES[status] ?? "neutral", t(`wait.status.${status}`));

/** Doctors of the day without a free slot, each with the chance; empty while nobody is known to be sold out. */
export function soldOut(phone, { hospital, department }, date, slots) {
  const place = h("div");
  const free = new Set(slots.map(({ practitionerId }) => practitionerId));
  const day = { hospitalId: hospital.id, departmentId: department.id, date };
  const chanceOf = async (doctor) => {
    const query = { ...day, practitionerId: doctor.id };
    const chance = await get("/v1/waitlist-estimates", { query, signal: phone.signal, quiet: true });
    return chance.freeSlots ? null : { doctor, wish: query, chance };
  };
  async function look() {
    const { items } = await get(`/v1/hospitals/${hospital.id}/practitioners`, { query: { departmentId: department.id }, signal: phone.signal });
    // no clinic that day: nothing to wait for
    const found = await Promise.all(items.filter(({ id }) => !free.has(id)).map((each) => chanceOf(each).catch(() => null)));
    const full = found.filter(Boolean);
    if (full.length && !phone.signal.aborted) fill(place, h("ul", { class: "doctors" }, full.map((each) => h("li", { class: "doctor" }, doctorRow(phone, each)))));
  }
  look().catch(() => {});
  return place;
}

const doctorRow = (phone, { doctor, wish, chance }) => [
  h("div", { class: "doctor-head" },
    h("span", { class: "avatar", "aria-hidden": "true" }, doctor.name[0]),
    h("span", { class: "row-text" }, h("strong", {}, doctor.name), h("span", { class: "row-detail" }, doctor.title), h("span", { class: "tags" }, badge("neutral", t("wait.full")))),
    h("span", { class: "price" }, yuan(chance.feeFen))),
  h("button", { type: "button", class: "button button-quiet wide", "data-action": "wait", onclick: () => openWish(phone, wish, chance) },
    icon("clock"), t("wait.offer", { chance: chanceText(chance) })),
];

const chanceText = ({ percent, word }) => `${percent}% · ${t(`wait.word.${word}`)}`;

function deadlines({ latestPossible }) {
  const last = Date.parse(latestPossible);
  const choices = [1, 6, 24, 72].map((hours) => now() + hours * HOUR).filter((at) => at < last);
  return [...choices, last].map((at) => new Date(at).toISOString());
}

function openWish(phone, wish, chance) {
  const problems = h("div");
  const patient = h("div");
  const choice = usableCards().then((cards) => cardChoice(cards, t("slots.patient")));
  choice.then(({ view }) => fill(patient, view)).catch(() => {});
  const until = h("select", { class: "input" }, deadlines(chance).map((at) => h("option", { value: at }, `${day(at)} ${clock(at)}`)));
  until.selectedIndex = until.options.length - 1;
  const keys = {};
  const join = () => attempt(problems, async () => {
    const cardId = (await choice).chosen();
    if (!cardId) return fill(problems, notice("warning", "card", h("strong", {}, t("slots.needsCard"))));
    const asked = { ...wish, cardId, latestFulfilmentAt: until.value };
    keys[JSON.stringify(asked)] ??= newKey();
    const { id } = await post("/v1/waitlist-entries", asked, { key: keys[JSON.stringify(asked)] });
    return phone.replace("wait", { id });
  });
  const button = actionButton({ class: "button button-primary wide", "data-action": "join" }, t("wait.join"), join);
  phone.openSheet(t("wait.title"), [
    h("div", { class: "result" }, h("strong", { class: "amount" }, chanceText(chance)), h("p", {}, t("wait.chance"))),
    facts([
      [t("wait.ahead"), String(chance.ahead)], [t("wait.returned"), String(chance.returnedLately)],
      [t("wait.prepaid"), h("span", { class: "price" }, yuan(chance.feeFen))],
    ]),
    field(t("wait.until"), until, t("wait.untilHint")), patient, problems, button,
  ]);
  button.focus({ preventScroll: true });
}

/** The entries that stand, above the registrations; nothing where there is none. */
export function waitRows(phone) {
  const place = h("div");
  const show = ({ items }) => {
    const rows = items.map((entry) => h("li", {}, waitRow(phone, entry)));
    if (rows.length && !phone.signal.aborted) fill(place, h("h3", { class: "section-title" }, t("wait.mine")), h("ul", { class: "rows" }, rows));
  };
  get("/v1/waitlist-entries", { signal: phone.signal }).then(show).catch(() => {});
  return place;
}

const waitRow = (phone, entry) => h("button", { type: "button", class: "row", "data-wait": entry.id, onclick: () => phone.go("wait", { id: entry.id }) },
  h("span", { class: "row-text" },
    h("strong", {}, entry.hospitalName),
    h("span", { class: "row-detail" }, t("wait.forDay", { day: day(`${entry.date}T12:00:00+08:00`) })),
    h("span", { class: "tags" }, waitBadge(entry))),
  icon("next"));
