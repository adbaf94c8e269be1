/**
 * What an institution is told of a person who is there, by whichever way they showed their card.
 * Must not know: how they showed it.
 */

import { h } from "../dom.js";
import { hasText, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clockSeconds } from "../time.js";
import { facts, said } from "../ui.js";

export const placeOf = (region) => (hasText(`region.${region}`) ? t(`region.${region}`) : region);

/** @param {any} answer the service's @param {string} at when it came */
export function presence({ presenceToken, card, attributes, expiresIn }, at) {
  const label = (name) => (hasText(`attribute.${name}`) ? t(`attribute.${name}`) : name);
  const told = Object.entries(attributes).filter(([name, value]) => value !== null && !(name === "holder" && attributes.realName));
  /** @type {[string, any][]} */
  const known = told.map(([name, value]) => [label(name), attributeValue(name, value)]);
  return h("div", { class: "presence" },
    h("div", { class: "presence-head" }, icon("shield"), h("div", {}, h("strong", {}, said(t("terminal.present"))),
      h("span", {}, `${clockSeconds(at)} · ${t("terminal.validFor", { n: Math.round(expiresIn / 60) })}`))),
    facts([
      [t("terminal.pseudonym"), h("span", { class: "mono small", title: card.pseudonym }, card.pseudonym)],
      [t("terminal.region"), `${placeOf(card.region)} · ${t(`card.level.${card.level}`)}`],
      ...known,
      [t("terminal.token"), h("span", { class: "mono small clip" }, `${presenceToken.slice(0, 28)}…`)],
    ]),
    h("p", { class: "hint" }, t(attributes.idNumber ? "terminal.settlement" : "terminal.minimal")));
}

/** The number goes to the insurer's settlement, not onto the counter's screen. */
function attributeValue(name, value) {
  if (name === "idNumber") return h("span", { class: "mono small" }, `${value.slice(0, 4)}**********${value.slice(-4)}`);
  return String(value);
}
