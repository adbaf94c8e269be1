/**
 * Calls to our own origin: bearer token, idempotency keys, patient retries, and problems (RFC 9457) as errors.
 * Must not know: any screen. Never puts personal data into an address.
 */

import { emit } from "./bus.js";
import { language, t } from "./i18n.js";
import { refreshToken, renew, token } from "./session.js";
import { followServer, sleep } from "./time.js";

const TRIES = 4;

/** What went wrong, in words for a person. */
export class Problem extends Error {
  /** @param {number} status 0 when no answer came @param {Record<string, any>} body problem+json */
  constructor(status, body) {
    super(body.title ?? body.code ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? `http-${status}`;
    this.body = body;
  }

  /** @returns {string} */
  get title() {
    const own = language() === "zh" ? this.body.titleZh : this.body.title;
    return own ?? this.body.title ?? t("error.unexpected");
  }

  /** @returns {string} */
  get detail() {
    return (language() === "zh" ? this.body.detailZh ?? this.body.detail : this.body.detail) ?? "";
  }

  /** Worth another try with the same idempotency key: the first may have taken effect or not. */
  get passing() {
    return this.status === 0 || this.status === 503 || this.code === "request-in-flight";
  }
}

/** @returns {string} a fresh idempotency key; also where `crypto.randomUUID` is not offered (plain http) */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * @typedef {{body?: object, query?: Record<string, string | number | null | undefined>, key?: string,
 *   signal?: AbortSignal, quiet?: boolean, anonymous?: boolean}} Options `quiet` keeps a polled call out of the event
 *   log, `anonymous` does not say who calls
 */

function address(path, query = {}) {
  const present = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(present.map(([name, value]) => [name, String(value)]));
  return present.length ? `${path}?${search}` : path;
}

function headersFor(method, path, { body, key, anonymous }) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (/^\/v[12]\//.test(path) && token() && !anonymous) headers.Authorization = `Bearer ${token()}`;
  if (method === "POST") headers["Idempotency-Key"] = key;
  return headers;
}

async function bodyOf(response) {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

async function once(method, path, options) {
  const started = performance.now();
  /** @type {RequestInit} */
  const init = {
    method, headers: headersFor(method, path, options), signal: options.signal, cache: "no-store",
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  };
  let response;
  try {
    response = await fetch(address(path, options.query), init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, { code: "offline", title: t("error.offline"), detail: t("error.offlineDetail") });
  }
  followServer(response.headers.get("date"));
  const answer = await bodyOf(response);
  const ms = Math.round(performance.now() - started);
  if (!options.quiet || !response.ok) emit("call", { method, path, status: response.status, ms, code: answer.code });
  if (response.ok) return answer;
  throw new Problem(response.status, { retryAfter: Number(response.headers.get("retry-after")) || 0, ...answer });
}

/** @throws {Problem} after the last try */
async function patiently(method, path, options) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(method, path, options);
    } catch (error) {
      const problem = error instanceof Problem ? error : null;
      if (!problem?.passing || attempt === TRIES) throw error;
      await sleep(Math.min(problem.body.retryAfter * 1000 || 300 * 2 ** attempt, 4000), options.signal);
      if (options.signal?.aborted) throw error;
    }
  }
}

/** @type {Promise<void> | null} calls that find the token expired at once share one refresh */
let renewing = null;

function renewed() {
  const ask = async () => {
    const body = { refreshToken: refreshToken() };
    renew(await patiently("POST", "/v1/sessions/refresh", { body, key: newKey(), anonymous: true }));
  };
  renewing ??= ask().finally(() => { renewing = null; });
  return renewing;
}

/** Goes on after the access token has expired, without asking the person. */
async function asMyself(method, path, options) {
  const sent = token();
  try {
    return await patiently(method, path, options);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "token-expired" || !refreshToken()) throw error;
    if (token() === sent) await renewed();
    return patiently(method, path, options);
  }
}

/**
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>} the parsed answer
 * @throws {Problem} after the last try
 */
export async function call(method, path, options = {}) {
  const whole = { key: newKey(), ...options };
  try {
    return await asMyself(method, path, whole);
  } catch (error) {
    const ended = error instanceof Problem && error.status === 401 && /^\/v[12]\//.test(path);
    if (ended && token() && !options.anonymous) emit("unauthenticated", error);
    throw error;
  }
}

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => call("GET", path, options);

/** @param {string} path @param {object} [body] @param {Options} [options] */
export const post = (path, body = {}, options) => call("POST", path, { ...options, body });

/** @param {string} path @param {Options} [options] */
export const remove = (path, options) => call("DELETE", path, options);
