/**
 * The counter's own code, which citizens scan, and those who came by it: called by masked name, then attended to.
 */

import { get, post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { qrFigure } from "../qr-figure.js";
import { clockSeconds, sleep } from "../time.js";
import { attempt, region } from "../ui.js";
import { presence } from "./presence.js";

const EVERY_MS = 2000;
const OFFICE = "counter-1";

/** @param {{businessType: string, party: any}} state @param {AbortSignal} signal @returns {any[]} */
export function counterPart({ party, businessType }, signal) {
  const came = h("div", { class: "stack", "aria-live": "polite" });
  const outcome = h("div", { class: "stack" });
  const ask = () => post(`/sandbox/institutions/${party.id}/counter-codes`, { officeId: OFFICE, businessType }, { signal });
  signal.addEventListener("abort", () => emit("counter-code", null), { once: true });
  watch(party, came, outcome, signal);
  return [
    region(ask, ({ code }) => {
      emit("counter-code", { code, place: party.name });
      return h("div", { class: "counter-code" }, qrFigure(code, t("counter.label")),
        h("div", {}, h("strong", {}, t(`business.${businessType}`)), h("p", { class: "hint" }, t("counter.hint")), h("code", { class: "mono small counter-text" }, code)));
    }, { rows: 3, signal }),
    came, outcome,
  ];
}

/** Who waits, as long as the counter's code is shown. */
async function watch(party, came, outcome, signal) {
  let before = "";
  while (!signal.aborted) {
    const { items } = await get(`/sandbox/institutions/${party.id}/presences`, { signal, quiet: true }).catch(() => ({ items: null }));
    const now = JSON.stringify(items);
    if (items && now !== before && !signal.aborted) fill(came, waiting(party, items, outcome));
    before = now;
    await sleep(EVERY_MS, signal);
  }
}

function waiting(party, items, outcome) {
  const problems = h("div");
  const attend = (id) => attempt(problems, async () => {
    fill(outcome, presence(await get(`/sandbox/institutions/${party.id}/presences/${id}`), new Date().toISOString()));
  });
  const row = ({ id, holder, arrivedAt, businessType }) => h("li", { "data-presence": id },
    h("time", { datetime: arrivedAt }, clockSeconds(arrivedAt)),
    h("span", {}, h("strong", {}, holder), ` ${t(`business.${businessType}`)}`),
    actionButton({ class: "button", "data-action": "attend" }, t("counter.attend"), () => attend(id)));
  return [
    h("section", { class: "scans" }, h("h3", {}, t("counter.waiting")),
      items.length ? h("ol", {}, items.slice(0, 5).map(row)) : h("p", { class: "hint" }, t("counter.nobody"))),
    problems,
  ];
}
