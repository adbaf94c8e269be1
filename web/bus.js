/**
 * What one part of the page tells the others: a code is shown, a hospital is chosen, a call was answered.
 * Must not know: who listens.
 */

const target = new EventTarget();

/** @param {string} name @param {any} [detail] */
export const emit = (name, detail) => target.dispatchEvent(new CustomEvent(name, { detail }));

/** @param {string} name @param {(detail: any) => void} listener @param {AbortSignal} [signal] */
export const on = (name, listener, signal) =>
  target.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal });
