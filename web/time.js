/**
 * Time and money as people read them, in the zone of the city, and the waiting that screens do.
 * Must not know: the API's routes, the document.
 */

import { language } from "./i18n.js";

const ZONE = "Asia/Shanghai";
let skewMs = 0;

/** Follows the server's clock when this device's clock is wrong by more than 3 s. @param {string | null} date */
export function followServer(date) {
  const skew = date ? Date.parse(date) - Date.now() : NaN;
  if (!Number.isNaN(skew)) skewMs = Math.abs(skew) > 3000 ? skew : 0;
}

/** @returns {number} milliseconds since 1970 on the server's clock */
export const now = () => Date.now() + skewMs;

/** @param {string} iso @returns {number} whole seconds left, never negative */
export const secondsLeft = (iso) => Math.max(0, Math.ceil((Date.parse(iso) - now()) / 1000));

const locale = () => (language() === "zh" ? "zh-CN" : "en-GB");
const format = (iso, options) => new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options }).format(new Date(iso));

export const clock = (iso) => format(iso, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const clockSeconds = (iso) =>
  format(iso, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const day = (iso) => format(iso, { month: "long", day: "numeric", weekday: "short" });
export const fullDay = (iso) => format(iso, { year: "numeric", month: "long", day: "numeric" });
export const moment = (iso) => `${fullDay(iso)} ${clock(iso)}`;
export const weekday = (iso) => format(iso, { weekday: "short" });
export const dayOfMonth = (iso) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "numeric" }).format(new Date(iso));
export const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** @param {number} fen @returns {string} yuan, such as "¥50.00" */
export const yuan = (fen) => `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;

/** A moment's day in the city, YYYY-MM-DD; today unless told. @param {string} [iso] */
export const isoDay = (iso) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" })
  .format(iso ? new Date(iso) : new Date(now()));

/** The coming days of the city as YYYY-MM-DD, today first. @param {number} count @returns {string[]} */
export function comingDays(count) {
  const iso = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
  return Array.from({ length: count }, (_, i) => iso.format(new Date(now() + i * 86_400_000)));
}

/** @param {number} ms @param {AbortSignal} [signal] resolves early when aborted */
export const sleep = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); done(undefined); }, { once: true });
});

/**
 * Asks again and again, more and more slowly.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {{done: (answer: T) => boolean, signal?: AbortSignal, firstMs?: number, mostMs?: number, forMs?: number}} options
 * @returns {Promise<T>} the last answer, done or not when the time is over
 */
export async function poll(ask, { done, signal, firstMs = 500, mostMs = 4000, forMs = 90_000 }) {
  const end = Date.now() + forMs;
  for (let wait = firstMs; ; wait = Math.min(wait * 1.5, mostMs)) {
    const answer = await ask();
    if (done(answer) || signal?.aborted || Date.now() > end) return answer;
    await sleep(wait, signal);
  }
}

/** Calls back every second until the signal aborts. @param {() => void} tick @param {AbortSignal} signal */
export function everySecond(tick, signal) {
  if (signal.aborted) return;
  tick();
  const timer = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
