/**
 * The sandbox's institutions: which pharmacies and hospitals can be played on this page.
 * Must not know: what they do.
 */

import { get } from "../api.js";

/** @typedef {{id: string, kind: string, name: string}} Party */

/** @type {Promise<Party[]> | null} */
let asked = null;

/** @returns {Promise<Party[]>} asked once; a failure may be asked again */
export function parties() {
  asked ??= get("/sandbox/institutions", { quiet: true }).then((answer) => answer.items ?? answer);
  asked.catch(() => { asked = null; });
  return asked;
}

/** @param {string} kind */
export const partiesOf = async (kind) => (await parties()).filter((party) => party.kind === kind);
