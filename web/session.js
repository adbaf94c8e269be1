/**
 * Who is logged in on the phone. The tokens and opaque ids live in sessionStorage and end with the tab;
 * the name and the identity number of the person stay in memory alone.
 * Must not know: the document, the API's routes.
 */

import { emit } from "./bus.js";

/**
 * @typedef {{accessToken: string, expiresAt: string, refreshToken: string, refreshExpiresAt: string}} Tokens
 * @typedef {Tokens & {verificationId?: string, verifiedUntil?: string}} Session
 * @typedef {{userId: string, realName: string, idNumber: string, insured: boolean, facts?: object,
 *   family?: {relation: string, userId: string}[]}} Person
 */

const KEY = "zerotrip.session";

/** @type {Session | null} */
let session = read();
/** @type {Person | null} */
let person = null;

/** A session outlives its access token: the refresh token's end is its end. */
function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return kept && Date.parse(kept.refreshExpiresAt) > Date.now() ? kept : null;
  } catch {
    return null;
  }
}

function keep() {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  emit("session", session);
}

const tokensOf = ({ accessToken, expiresAt, refreshToken, refreshExpiresAt }) => ({ accessToken, expiresAt, refreshToken, refreshExpiresAt });

export const token = () => session?.accessToken ?? null;
export const refreshToken = () => session?.refreshToken ?? null;
export const loggedIn = () => session !== null;
export const currentPerson = () => person;

/** @returns {string | null} the face verification that still serves later steps */
export const verification = () =>
  (session?.verificationId && Date.parse(session.verifiedUntil ?? "") > Date.now() ? session.verificationId : null);

/** @param {Tokens} opened @param {Person} chosen */
export function open(opened, chosen) {
  session = tokensOf(opened);
  person = chosen;
  keep();
}

/** The same session with its next tokens. @param {Tokens} renewed */
export function renew(renewed) {
  if (session) session = { ...session, ...tokensOf(renewed) };
  keep();
}

/** @param {string} verificationId @param {string} verifiedUntil */
export function verified(verificationId, verifiedUntil) {
  if (session) session = { ...session, verificationId, verifiedUntil };
  keep();
}

export function close() {
  session = null;
  person = null;
  keep();
}
