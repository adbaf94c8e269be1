/**
 * A pharmacy's terminal: it says why it scans, scans the phone's code, and shows what it may know.
 * The sandbox signs the request as that pharmacy; the answer is the service's own.
 */

import { post } from "../api.js";
import { emit, on } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { hasText, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clockSeconds } from "../time.js";
import { badge, emptyState, facts, field, problemNotice, region, said } from "../ui.js";
import { partiesOf } from "./parties.js";

const MOST_SCANS = 4;
const BUSINESS_TYPES = ["02121", "02122", "01301", "01302", "01101", "01201"];

/** Kept over a change of language: what was scanned last and what came of it. */
const state = {
  shown: /** @type {any} */ (null), scanned: /** @type {string | null} */ (null), businessType: BUSINESS_TYPES[0],
  party: /** @type {string | null} */ (null), outcome: /** @type {any} */ (null),
  scans: /** @type {{at: string, why: string, refusal: string | null}[]} */ ([]),
};

/** @param {HTMLElement} place */
export function startTerminal(place) {
  const draw = () => fill(place,
    h("header", { class: "panel-head" }, h("span", { class: "panel-icon" }, icon("pill")),
      h("div", {}, h("h2", {}, t("terminal.title")), h("p", {}, t("terminal.subtitle")))),
    region(() => partiesOf("pharmacy"), terminal, { rows: 3 }));
  draw();
  on("language", draw);
  on("code", (shown) => { state.shown = shown; });
}

function terminal(pharmacies) {
  if (!pharmacies.length) return emptyState("pill", t("terminal.none"));
  state.party ??= pharmacies[0].id;
  const who = select(pharmacies.map(({ id, name }) => [id, pick(name)]), state.party, (id) => { state.party = id; });
  const why = select(BUSINESS_TYPES.map((code) => [code, `${code} ${t(`business.${code}`)}`]), state.businessType, (code) => { state.businessType = code; });
  const outcome = h("div", { class: "outcome", "aria-live": "polite" });
  const again = actionButton({ class: "button", "data-action": "rescan" }, [icon("refresh"), t("terminal.again")], () => decode(state.scanned, outcome, again));
  const scan = actionButton({ class: "button button-primary", "data-action": "scan" }, [icon("scan"), t("terminal.scan")], () => {
    state.scanned = state.shown?.code ?? null;
    return decode(state.scanned, outcome, again);
  });
  again.hidden = !state.scanned;
  fill(outcome, state.outcome ? [state.outcome(), lastScans()] : idle());
  return h("div", { class: "stack" },
    h("div", { class: "field-row" }, field(t("terminal.who"), who), field(t("terminal.why"), why)),
    h("div", { class: "button-row" }, scan, again), outcome);
}

const select = (options, chosen, change) => h("select", { class: "input", onchange: (event) => change(event.target.value) },
  options.map(([value, label]) => h("option", { value, selected: value === chosen }, label)));

const idle = () => h("div", { class: "idle" }, h("span", { class: "beam", "aria-hidden": "true" }), h("p", {}, t("terminal.idle")));

async function decode(code, outcome, again) {
  const at = new Date().toISOString();
  if (!code) {
    state.outcome = () => h("div", { class: "idle idle-warn" }, icon("phone"), h("p", {}, t("terminal.noCode")));
  } else {
    try {
      const answer = await post(`/sandbox/institutions/${state.party}/decode`, { code, businessType: state.businessType });
      state.outcome = () => presence(answer, at);
      remember(at, null);
      emit("step", "decode");
    } catch (error) {
      remember(at, error.code ?? "page-error");
      state.outcome = () => h("div", { class: "refused" }, problemNotice(error));
    }
  }
  again.hidden = !code;
  fill(outcome, state.outcome(), lastScans());
}

function remember(at, refusal) {
  state.scans = [{ at, why: state.businessType, refusal }, ...state.scans].slice(0, MOST_SCANS);
}

/** What this terminal has scanned: when, why, with what result; never whom. */
const lastScans = () => (state.scans.length < 2 ? null : h("section", { class: "scans" },
  h("h3", {}, t("terminal.scans")),
  h("ol", {}, state.scans.map(({ at, why, refusal }) => h("li", {},
    h("time", { datetime: at }, clockSeconds(at)), h("span", {}, t(`business.${why}`)),
    refusal ? badge("danger", refusal, "cross") : badge("success", t("terminal.present"), "check"))))));

function presence({ presenceToken, card, attributes, expiresIn }, at) {
  const label = (name) => (hasText(`attribute.${name}`) ? t(`attribute.${name}`) : name);
  const told = Object.entries(attributes).filter(([name, value]) => value !== null && !(name === "holder" && attributes.realName));
  /** @type {[string, any][]} */
  const known = told.map(([name, value]) => [label(name), attributeValue(name, value)]);
  const place = hasText(`region.${card.region}`) ? t(`region.${card.region}`) : card.region;
  return h("div", { class: "presence" },
    h("div", { class: "presence-head" }, icon("shield"), h("div", {}, h("strong", {}, said(t("terminal.present"))),
      h("span", {}, `${clockSeconds(at)} · ${t("terminal.validFor", { n: Math.round(expiresIn / 60) })}`))),
    facts([
      [t("terminal.pseudonym"), h("span", { class: "mono small", title: card.pseudonym }, card.pseudonym)],
      [t("terminal.region"), `${place} · ${t(`card.level.${card.level}`)}`],
      ...known,
      [t("terminal.token"), h("span", { class: "mono small clip", title: presenceToken }, `${presenceToken.slice(0, 28)}…`)],
    ]),
    h("p", { class: "hint" }, t(attributes.idNumber ? "terminal.settlement" : "terminal.minimal")));
}

/** The number goes to the insurer's settlement, not onto the counter's screen. */
function attributeValue(name, value) {
  if (name === "idNumber") return h("span", { class: "mono small" }, `${value.slice(0, 4)}**********${value.slice(-4)}`);
  return String(value);
}
