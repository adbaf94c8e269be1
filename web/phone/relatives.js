/**
 * The demonstration's people: who can log in here, and who is whose family.
 * They stand for persons that are there; names and numbers stay in this page's memory.
 */

import { get } from "../api.js";
import { currentPerson } from "../session.js";

const MOST = 2000;
const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.2425;

/** @type {any[] | null} they are the same all day long */
let known = null;

/** @param {AbortSignal} signal @returns {Promise<any[]>} every synthetic person, page by page */
export async function everybody(signal) {
  if (known) return known;
  const people = [];
  let cursor = null;
  do {
    const page = await get("/sandbox/people", { query: { cursor }, signal });
    people.push(...page.items);
    cursor = page.cursor;
  } while (cursor && people.length < MOST);
  known = people;
  return people;
}

/** @param {string} idNumber @returns {number} whole years, by the birth date in the number; NaN if there is none */
export function ageOf(idNumber) {
  const born = Date.parse(`${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}T00:00:00+08:00`);
  return Math.floor((Date.now() - born) / DAY_MS / YEAR_DAYS);
}

const RELATIONS = { parent: "elder", spouse: "spouse", child: "child" };

/** @param {AbortSignal} signal @returns {Promise<{relation: string, person: any}[]>} the logged-in person's living family */
export async function relatives(signal) {
  const kin = currentPerson()?.family ?? [];
  if (!kin.length) return [];
  const people = new Map((await everybody(signal)).map((person) => [person.userId, person]));
  return kin.map(({ relation, userId }) => ({ relation: RELATIONS[relation] ?? "other", person: people.get(userId) }))
    .filter(({ person }) => person && !person.deceased);
}
