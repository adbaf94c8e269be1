/**
 * The first screen after logging in: the card or the way to it, the services, what comes next.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { verification } from "../session.js";
import { region } from "../ui.js";
import { appointmentRow } from "./appointments.js";
import { standing } from "./card.js";
import { cardFace } from "./card-face.js";
import { familyCardRow, familyOf, ownOf } from "./wallet.js";

const COMING = new Set(["pending", "booked", "checked-in", "arrived"]);

/** @type {import("./shell.js").Screen} */
export function homeScreen(phone) {
  const ask = () => Promise.all([get("/v1/cards", { signal: phone.signal }), get("/v1/appointments", { signal: phone.signal })]);
  return {
    title: t("home.title"),
    root: true,
    body: region(ask, ([cards, appointments]) => overview(phone, cards.items, appointments.items), { signal: phone.signal }),
  };
}

function overview(phone, cards, appointments) {
  const [card, family] = [ownOf(cards), familyOf(cards)];
  const next = appointments.find(({ status }) => COMING.has(status));
  return [
    card ? ownCard(phone, card) : wayToCard(phone),
    family.length > 0 && [h("h3", { class: "section-title" }, t("home.familyCards")), h("ul", { class: "rows" }, family.map((each) => h("li", {}, familyCardRow(phone, each))))],
    h("h3", { class: "section-title" }, t("home.services")),
    h("ul", { class: "services" },
      service("hospital", "home.register", () => phone.go("hospitals")),
      service("certificate", "home.certificates", () => phone.go("certificates")),
      service("wallet", "home.matters", () => phone.go("matters")),
      service("family", "home.family", () => phone.go("family")),
      service("scan", "home.scan", () => phone.go("scan")),
      service("calendar", "home.appointments", () => phone.go("appointments")),
      service("face", "home.face", () => phone.go("face"))),
    next && [h("h3", { class: "section-title" }, t("home.next")), h("ul", { class: "rows" }, h("li", {}, appointmentRow(phone, next)))],
  ];
}

function ownCard(phone, card) {
  const manage = () => phone.go("card", { id: card.id });
  return h("section", { class: "stack" },
    cardFace(card),
    card.status === "bound"
      ? h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.go("code", { card }) }, icon("code"), t("home.showCode"))
      : [standing(card), h("button", { type: "button", class: "button button-primary wide", onclick: manage }, icon("gear"), t("home.manage"))],
    h("ul", { class: "quick" },
      card.status === "bound" && quick("eye", "home.licence", () => phone.go("licence", { card })),
      quick("clock", "home.usages", () => phone.go("usages")),
      card.status === "bound" && quick("gear", "home.manage", manage)));
}

const quick = (iconName, key, action) =>
  h("li", {}, h("button", { type: "button", class: "quick-button", onclick: action }, icon(iconName), h("span", {}, t(key))));

function wayToCard(phone) {
  const proven = verification() !== null;
  return h("section", { class: "invite" },
    h("div", { class: "invite-card", "aria-hidden": "true" }, icon("card")),
    h("h3", {}, t(proven ? "home.bindTitle" : "home.faceTitle")),
    h("p", {}, t(proven ? "home.bindText" : "home.faceText")),
    h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.go(proven ? "bind" : "face", { then: "bind" }) },
      icon(proven ? "card" : "face"), t(proven ? "home.bindButton" : "home.faceButton")));
}

function service(iconName, key, action) {
  return h("li", {}, h("button", { type: "button", class: "service", onclick: action },
    h("span", { class: "service-icon" }, icon(iconName)), h("strong", {}, t(key)), h("span", {}, t(`${key}Detail`))));
}
