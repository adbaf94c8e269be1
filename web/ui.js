/**
 * Pieces that several screens share: notices of problems, asynchronous regions, empty states, facts, badges.
 * Must not know: the API's routes, any one screen.
 */

import { Problem } from "./api.js";
import { announce, fill, h, skeleton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/** @param {unknown} error @returns {Problem} */
const asProblem = (error) =>
  (error instanceof Problem ? error : new Problem(0, { code: "page-error", title: t("error.unexpected"), detail: String(error) }));

/**
 * @param {unknown} error
 * @param {() => void} [retry] offers to try again
 * @returns {HTMLElement}
 */
export function problemNotice(error, retry) {
  const problem = asProblem(error);
  return h("div", { class: "notice notice-danger", role: "alert", "data-code": problem.code },
    icon("alert"),
    h("div", { class: "notice-text" },
      h("strong", {}, problem.title),
      problem.detail && h("p", {}, problem.detail),
      h("code", {}, problem.status ? `${problem.status} ${problem.code}` : problem.code)),
    retry && h("button", { type: "button", class: "button button-quiet", onclick: retry }, t("common.retry")));
}

/** @param {"info" | "success" | "warning"} tone @param {any} iconName @param {...any} content */
export const notice = (tone, iconName, ...content) =>
  h("div", { class: `notice notice-${tone}` }, icon(iconName), h("div", { class: "notice-text" }, content));

/** @param {any} iconName @param {string} title @param {string} [detail] */
export const emptyState = (iconName, title, detail) =>
  h("div", { class: "empty" }, icon(iconName), h("strong", {}, title), detail && h("p", {}, detail));

/** @param {"neutral" | "success" | "warning" | "danger" | "info"} tone @param {any} text @param {any} [iconName] */
export const badge = (tone, text, iconName) => h("span", { class: `badge badge-${tone}` }, iconName && icon(iconName), text);

/** @param {[string, any][]} pairs names and values; a pair without a value is left out */
export const facts = (pairs) => h("dl", { class: "facts" },
  pairs.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
    .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

/**
 * A region that shows bars while it waits, then what came, or the problem with another try.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => any} show
 * @param {{rows?: number, signal?: AbortSignal}} [options]
 */
export function region(ask, show, { rows = 4, signal } = {}) {
  const place = h("div", { class: "region" });
  async function load() {
    fill(place, skeleton(rows, t("common.loading")));
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await ask();
      if (!signal?.aborted) fill(place, show(answer));
    } catch (error) {
      if (!signal?.aborted) fill(place, problemNotice(error, load));
    }
    place.removeAttribute("aria-busy");
  }
  load();
  return place;
}

/** Runs an action; a problem is shown in `place` and said aloud by its role. @returns {Promise<boolean>} */
export async function attempt(place, action) {
  fill(place);
  try {
    await action();
    return true;
  } catch (error) {
    fill(place, problemNotice(error));
    place.scrollIntoView?.({ block: "nearest" });
    return false;
  }
}

/** @param {string} label @param {HTMLElement} control an input or a select @param {string} [hint] */
export function field(label, control, hint) {
  const id = `f-${Math.random().toString(36).slice(2)}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), control,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint));
}

/** A search box that waits for the typist. @param {string} label @param {(text: string) => void} search */
export function searchBox(label, search) {
  let timer = 0;
  const input = h("input", {
    type: "search", class: "input", placeholder: label, "aria-label": label, autocomplete: "off",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => search(input.value.trim()), 250);
    },
  });
  return h("div", { class: "search", role: "search" }, icon("search"), input);
}

/** @param {string} text */
export const said = (text) => {
  announce(text);
  return text;
};

export const more = (action) => h("button", { type: "button", class: "button button-quiet wide", onclick: action }, t("common.more"));
