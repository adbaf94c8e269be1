/**
 * Acting for family: for whom I act, who may act for me, and how many places are left.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { fullDay } from "../time.js";
import { badge, emptyState, notice, region } from "../ui.js";

/** @type {import("./shell.js").Screen} */
export function familyScreen(phone) {
  const ask = () => Promise.all(["/v1/mandates", "/v1/citizens/me"].map((path) => get(path, { signal: phone.signal })));
  return {
    title: t("family.title"),
    body: region(ask, ([answer, me]) => overview(phone, answer, me), { signal: phone.signal }),
  };
}

function overview(phone, { items, slots }, me) {
  const [mine, ofMe] = ["agent", "member"].map((role) => items.filter((each) => each.role === role));
  return [
    h("p", { class: "lead" }, t("family.lead")),
    h("ul", { class: "slots", "aria-label": t("family.slots") }, slots.map(slot)),
    h("h3", { class: "section-title" }, t("family.iActFor")),
    list(phone, mine, t("family.nobody"), t("family.nobodyDetail")),
    me.verified ? adding(phone, slots) : ownFirst(phone),
    h("h3", { class: "section-title" }, t("family.actForMe")),
    list(phone, ofMe, t("family.noAgent"), t("family.noAgentDetail")),
  ];
}

const adding = (phone, slots) => h("button", { type: "button", class: "button button-primary wide", "data-action": "add-member", onclick: () => phone.go("member", { slots }) }, icon("plus"), t("family.add"));

/** Nobody acts for others before it is known who they are: better said before a face is scanned. */
const ownFirst = (phone) => notice("warning", "card", h("strong", {}, t("family.ownFirst")),
  h("button", { type: "button", class: "button button-quiet", onclick: () => phone.reset("home") }, icon("card"), t("slots.getCard")));

const slot = ({ relation, slots, used }) => h("li", { class: used < slots ? "" : "is-full" },
  h("span", {}, t(`relation.${relation}`)), h("strong", {}, t("family.used", { n: used, of: slots })));

const list = (phone, mandates, none, detail) => (mandates.length
  ? h("ul", { class: "rows" }, mandates.map((mandate) => h("li", {}, mandateRow(phone, mandate))))
  : emptyState("family", none, detail));

/** @param {any} mandate @returns {string} the masked name of the other one */
export const otherOf = (mandate) => (mandate.role === "agent" ? mandate.member.holder : mandate.agent.holder);

function mandateRow(phone, mandate) {
  const other = otherOf(mandate);
  return h("button", { type: "button", class: "row", "data-mandate": mandate.id, onclick: () => phone.go("mandate", { id: mandate.id }) },
    h("span", { class: "avatar", "aria-hidden": "true" }, other[0]),
    h("span", { class: "row-text" },
      h("strong", {}, other),
      h("span", { class: "row-detail" }, `${t(`relation.${mandate.relation}`)} · ${t("family.until", { day: fullDay(mandate.until) })}`),
      h("span", { class: "tags" }, mandate.actions.map((action) => badge("info", t(`action.${action}`))))),
    icon("next"));
}
