/**
 * What can be done about a card: the calls by name, and which of them a card's state offers, each with its sheet.
 * Must not know: how a face is scanned when the service asks for one.
 */

import { post, remove } from "../api.js";
import { actionButton, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { currentPerson } from "../session.js";
import { attempt, field } from "../ui.js";
import { confirmSheet } from "./confirm.js";

/** @type {Record<string, (id: string, details?: any) => Promise<any>>} */
export const ACTS = {
  suspend: (id, { reason }) => post(`/v1/cards/${id}/suspend`, { reason }),
  resume: (id) => post(`/v1/cards/${id}/resume`, {}),
  bank: (id, { phone }) => post(`/v1/cards/${id}/bank-account`, { phone }),
  unbank: (id) => remove(`/v1/cards/${id}/bank-account`),
  unlink: (id) => remove(`/v1/cards/${id}`),
  drop: (id) => remove(`/v1/cards/${id}`),
};

/**
 * @param {import("./shell.js").Phone} phone
 * @param {any} card
 * @param {(act: string, details?: any) => Promise<void>} perform
 * @returns {HTMLElement[]} a row for each thing that can be done now
 */
export function offered(phone, card, perform) {
  const own = card.role === "own";
  const bound = card.status === "bound";
  const rows = [
    bound && actRow("code", "code", () => phone.go("code", { card })),
    bound && actRow("eye", "licence", () => phone.go("licence", { card })),
    own && actRow("clock", "usages", () => phone.go("usages")),
    own && bound && card.level < 2 && actRow("bank", "bank", () => bankSheet(phone, perform)),
    own && bound && card.level > 1 && actRow("bank", "unbank", () => confirm(phone, "unbank", perform)),
    own && card.status === "suspended" && card.held && actRow("check", "resume", () => confirm(phone, "resume", perform, false)),
    bound && actRow("pause", "suspend", () => suspendSheet(phone, perform), true),
    !own && actRow("unlink", "drop", () => confirm(phone, "drop", perform), true),
    own && card.status !== "cancelled" && actRow("unlink", "unlink", () => confirm(phone, "unlink", perform), true),
  ];
  return /** @type {HTMLElement[]} */ (rows.filter(Boolean));
}

/** @param {any} iconName @param {string} act */
const actRow = (iconName, act, action, danger = false) => h("button", {
  type: "button", class: danger ? "row row-danger" : "row", "data-act": act, onclick: action,
}, h("span", { class: "row-icon" }, icon(iconName)),
h("span", { class: "row-text" }, h("strong", {}, t(`card.act.${act}`)), h("span", { class: "row-detail" }, t(`card.actDetail.${act}`))),
icon("next"));

const confirm = (phone, act, perform, danger = true) => confirmSheet(phone, {
  title: t(`card.act.${act}`), text: t(`card.ask.${act}`), label: t(`card.sure.${act}`), danger, act: () => perform(act),
});

function suspendSheet(phone, perform) {
  const reason = (value, checked) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "reason", value, checked }), h("span", {}, h("strong", {}, t(`card.reason.${value}`)), h("span", { class: "row-detail" }, t(`card.reasonDetail.${value}`))));
  const choices = h("fieldset", { class: "choices" }, h("legend", {}, t("card.reason")), reason("lost", true), reason("risk", false));
  const chosen = () => /** @type {HTMLInputElement} */ (choices.querySelector("input:checked")).value;
  confirmSheet(phone, {
    title: t("card.act.suspend"), text: t("card.ask.suspend"), extra: choices, label: t("card.sure.suspend"),
    act: () => perform("suspend", { reason: chosen() }),
  });
}

/** The number on file at the bank is the person's own knowledge; in the demonstration it stands there already. */
function bankSheet(phone, perform) {
  const number = h("input", {
    class: "input mono", type: "tel", inputmode: "numeric", autocomplete: "off", maxlength: 11, value: /** @type {any} */ (currentPerson())?.phone ?? "",
  });
  const problems = h("div");
  const link = () => attempt(problems, async () => {
    await perform("bank", { phone: number.value.trim() });
    phone.closeSheet();
  });
  phone.openSheet(t("card.act.bank"), [
    h("p", {}, t("card.ask.bank")),
    field(t("card.phone"), number, t("card.phoneHint")),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "confirm" }, [icon("bank"), t("card.sure.bank")], link),
  ]);
}
