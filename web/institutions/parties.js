/**
 * The sandbox's institutions of one kind: which pharmacies can be played on this page.
 * Must not know: what they do.
 */

import { get } from "../api.js";

/** @typedef {{id: string, kind: string, name: string}} Party */

/** @type {Map<string, Promise<Party[]>>} */
const asked = new Map();

/** @param {"hospital" | "pharmacy"} kind @returns {Promise<Party[]>} asked once; a failure may be asked again */
export function partiesOf(kind) {
  const known = asked.get(kind);
  if (known) return known;
  const answer = get("/sandbox/institutions", { query: { kind }, quiet: true }).then(({ items }) => items);
  asked.set(kind, answer);
  answer.catch(() => asked.delete(kind));
  return answer;
}
