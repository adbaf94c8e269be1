/**
 * The cards in a citizen's wallet: their own, and those that they carry for family.
 * Must not know: what is done with them.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { field } from "../ui.js";
import { cardBadge } from "./card.js";

/** @param {any[]} cards @returns {any | null} one's own card, usable or not */
export const ownOf = (cards) => cards.find(({ role, status }) => role === "own" && status !== "unlinked") ?? null;

/** @param {any[]} cards */
export const familyOf = (cards) => cards.filter(({ role }) => role === "family");

/** @returns {Promise<any[]>} the cards that can be used now, one's own first */
export async function usableCards() {
  const { items } = await get("/v1/cards");
  const usable = items.filter(({ status }) => status === "bound");
  return [...usable.filter(({ role }) => role === "own"), ...familyOf(usable)];
}

/** Whose card, where there is more than one. @param {any[]} cards @param {string} label */
export function cardChoice(cards, label) {
  const name = (card) => (card.role === "own" ? t("wallet.self", { holder: card.holder }) : card.holder);
  const select = h("select", { class: "input" }, cards.map((card) => h("option", { value: card.id }, `${name(card)} ${card.numberMasked}`)));
  return { view: cards.length > 1 ? field(label, select) : null, chosen: () => select.value || cards[0]?.id };
}

export const familyCardRow = (phone, card) => h("button", {
  type: "button", class: "row family-card", onclick: () => phone.go("card", { id: card.id, family: true }),
}, h("span", { class: "avatar", "aria-hidden": "true" }, card.holder[0]),
h("span", { class: "row-text" }, h("strong", {}, card.holder), h("span", { class: "row-detail mono" }, card.numberMasked), h("span", { class: "tags" }, cardBadge(card))),
icon("next"));
