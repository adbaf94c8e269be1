/**
 * Chinese first, English by switch: the choice is remembered and carried by the document's `lang`.
 * Must not know: any screen.
 */

import { emit } from "./bus.js";
import en from "./locales/en.js";
import enCard from "./locales/en-card.js";
import enCounter from "./locales/en-counter.js";
import enFamily from "./locales/en-family.js";
import enMatter from "./locales/en-matter.js";
import enReads from "./locales/en-reads.js";
import enShare from "./locales/en-share.js";
import enVisit from "./locales/en-visit.js";
import enWait from "./locales/en-wait.js";
import zh from "./locales/zh.js";
import zhCard from "./locales/zh-card.js";
import zhCounter from "./locales/zh-counter.js";
import zhFamily from "./locales/zh-family.js";
import zhMatter from "./locales/zh-matter.js";
import zhReads from "./locales/zh-reads.js";
import zhShare from "./locales/zh-share.js";
import zhVisit from "./locales/zh-visit.js";
import zhWait from "./locales/zh-wait.js";

/** @typedef {"zh" | "en"} Language */

const TEXTS = { zh: { ...zh, ...zhCard, ...zhCounter, ...zhFamily, ...zhMatter, ...zhReads, ...zhShare, ...zhVisit, ...zhWait }, en: { ...en, ...enCard, ...enCounter, ...enFamily, ...enMatter, ...enReads, ...enShare, ...enVisit, ...enWait } };
const KEY = "zerotrip.language";

/** @type {Language} */
let current = localStorage.getItem(KEY) === "en" ? "en" : "zh";

/** @returns {Language} */
export const language = () => current;

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] replaces `{name}`
 * @returns {string} the text, or the key itself so that a gap is seen
 */
export function t(key, values = {}) {
  const text = TEXTS[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {string} key @returns {boolean} */
export const hasText = (key) => key in TEXTS[current];

/** Chooses from what the API says in both languages. @param {{zh: string, en: string} | string | null | undefined} texts */
export const pick = (texts) => (typeof texts === "string" ? texts : texts?.[current] ?? texts?.zh ?? "");

/** Gives the document the language and its title. */
export function applyLanguage() {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  document.title = t("page.title");
}

/** @param {Language} chosen */
export function setLanguage(chosen) {
  if (chosen === current) return;
  current = chosen;
  localStorage.setItem(KEY, chosen);
  applyLanguage();
  emit("language", chosen);
}
