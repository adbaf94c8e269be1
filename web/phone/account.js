/**
 * Who I am to the service, masked, and the way out.
 */

import { get } from "../api.js";
import { actionButton, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { verification } from "../session.js";
import { badge, facts, region } from "../ui.js";
import { logOut } from "./sessions.js";

/** @type {import("./shell.js").Screen} */
export function accountScreen(phone) {
  return {
    title: t("account.title"),
    body: h("div", { class: "stack" },
      region(() => get("/v1/citizens/me", { signal: phone.signal }), masked, { rows: 3, signal: phone.signal }),
      h("button", { type: "button", class: "button wide", onclick: () => phone.go("face") }, icon("face"), t("home.face")),
      h("button", { type: "button", class: "button wide", "data-action": "reads", onclick: () => phone.go("reads") }, icon("eye"), t("reads.title")),
      h("button", { type: "button", class: "button wide", "data-action": "sessions", onclick: () => phone.go("sessions") }, icon("devices"), t("sessions.title")),
      h("button", { type: "button", class: "button wide", "data-action": "sanctions", onclick: () => phone.go("sanctions") }, icon("alert"), t("sanction.title")),
      actionButton({ class: "button button-danger wide" }, [icon("logout"), t("account.out")], () => logOut(phone))),
  };
}

const masked = (me) => facts([
  [t("face.name"), me.holder],
  [t("face.number"), me.numberMasked && h("span", { class: "mono" }, me.numberMasked)],
  [t("account.proof"), me.verified || verification() ? badge("success", t("account.verified"), "shield") : badge("warning", t("account.unverified"))],
  [t("account.sessions"), me.sessions],
  [t("account.id"), h("span", { class: "mono small" }, me.id)],
]);
