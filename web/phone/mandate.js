/**
 * One mandate: what it covers and until when, what can be done by it, and its end.
 */

import { get, newKey, post, remove } from "../api.js";
import { announce, actionButton, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { fullDay } from "../time.js";
import { attempt, badge, facts, region } from "../ui.js";
import { confirmSheet } from "./confirm.js";
import { otherOf } from "./family.js";

const TONES = { active: "success", revoked: "neutral", ended: "neutral" };

/** @type {import("./shell.js").Screen} */
export function mandateScreen(phone, { id }) {
  const ask = () => get(`/v1/mandates/${id}`, { signal: phone.signal });
  return { title: t("family.mandate"), body: region(ask, (mandate) => view(phone, mandate), { signal: phone.signal }) };
}

function view(phone, mandate) {
  const acting = mandate.role === "agent" && mandate.status === "active";
  const covers = (action) => acting && mandate.actions.includes(action);
  const problems = h("div");
  return [
    h("div", { class: "member-head" },
      h("span", { class: "avatar avatar-large", "aria-hidden": "true" }, otherOf(mandate)[0]),
      h("div", {}, h("strong", {}, otherOf(mandate)), h("span", {}, t(`family.${mandate.role}`, { relation: t(`relation.${mandate.relation}`) })))),
    facts([
      [t("family.status"), badge(/** @type {any} */ (TONES[mandate.status]), t(`mandate.${mandate.status}`))],
      [t("face.number"), mandate.role === "agent" && h("span", { class: "mono small" }, mandate.member.numberMasked)],
      [t("family.actions"), h("span", { class: "tags tags-end" }, mandate.actions.map((action) => badge("info", t(`action.${action}`))))],
      [t("family.granted"), fullDay(mandate.grantedAt)],
      [t("family.ends"), fullDay(mandate.until)],
      [t("family.closed"), mandate.closedAt && fullDay(mandate.closedAt)],
    ]),
    problems,
    covers("cards") && cardButtons(phone, mandate, problems),
    covers("usage-log") && h("button", { type: "button", class: "button wide", "data-action": "reads", onclick: () => phone.go("reads", { mandateId: mandate.id, holder: mandate.member.holder }) }, icon("eye"), t("reads.title")),
    covers("usage-log") && h("button", { type: "button", class: "button wide", "data-action": "log", onclick: () => phone.go("usages", { mandateId: mandate.id, holder: mandate.member.holder }) }, icon("eye"), t("family.log")),
    mandate.status === "active" && h("button", { type: "button", class: "button button-danger wide", "data-action": "revoke", onclick: () => revoke(phone, mandate) }, icon("unlink"), t("family.revoke")),
  ];
}

/** The member's card in this wallet: there to be shown, or to be fetched. */
function cardButtons(phone, mandate, problems) {
  if (mandate.cardId) {
    return h("button", { type: "button", class: "button button-primary wide", "data-action": "card", onclick: () => phone.go("card", { id: mandate.cardId, family: true }) }, icon("card"), t("family.card"));
  }
  const key = newKey();
  const carry = () => attempt(problems, async () => {
    const card = await post("/v1/cards", { mandateId: mandate.id }, { key });
    phone.go("card", { id: card.id, family: true });
  });
  return actionButton({ class: "button button-primary wide", "data-action": "carry" }, [icon("card"), t("family.carry")], carry);
}

const revoke = (phone, mandate) => confirmSheet(phone, {
  title: t("family.revoke"), text: t(`family.revokeAsk.${mandate.role}`, { holder: otherOf(mandate) }), label: t("family.revokeSure"),
  act: async () => {
    await remove(`/v1/mandates/${mandate.id}`);
    announce(t("family.revoked"));
    phone.back();
  },
});
