/**
 * "Was it valid on that day?": a day is chosen, the service is asked, one line answers.
 * Must not know: the paper's code, a file, who asks.
 */

import { get, Problem } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { fullDay, isoDay, moment } from "../time.js";
import { badge, problemNotice } from "../ui.js";

const TONES = { valid: "success", suspended: "warning", expired: "warning", "not-yet": "neutral", revoked: "danger" };

/** The last second of a day in China. @param {string} day YYYY-MM-DD */
const endOf = (day) => new Date(`${day}T23:59:59+08:00`);

/** @param {string} id the certificate's @returns {HTMLElement} */
export function thatDay(id) {
  const today = isoDay();
  const answer = h("div", { class: "that-day-answer" });
  const input = h("input", { type: "date", id: "that-day", class: "input", max: today, onchange: ask });

  async function ask() {
    const day = input.value;
    if (!day || !input.validity.valid) return fill(answer);
    input.setAttribute("aria-busy", "true");
    try {
      const at = day === today ? undefined : endOf(day).toISOString();
      const told = await get(`/v1/verify/${id}`, { anonymous: true, query: { at } });
      if (input.value === day) show(told, day);
    } catch (error) {
      fill(answer, problemNotice(error instanceof Problem ? error : null, ask));
    }
    input.removeAttribute("aria-busy");
  }

  /** @param {import("./verdict.js").Genuine} told @param {string} day */
  function show(told, day) {
    const line = t("verify.onDay", { day: fullDay(endOf(day).toISOString()), status: t(`verify.status.${told.status}`) });
    const changed = ["suspended", "revoked"].includes(told.status);
    fill(answer, h("p", { "data-then": told.status }, badge(TONES[told.status], line)),
      changed && h("p", { class: "hint" }, t("verify.since", { time: moment(told.since) }), told.reason && ` · ${pick(told.reason)}`));
    announce(line);
  }

  return h("section", { class: "panel stack" },
    h("div", {}, h("h2", {}, h("label", { for: "that-day" }, t("verify.thatDay"))), h("p", { class: "hint" }, t("verify.thatDayHint"))),
    input, answer);
}
