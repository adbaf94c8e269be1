/**
 * Binding the electronic social-security card once the face has passed.
 */

import { get, newKey, post, Problem } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { verification } from "../session.js";
import { attempt, said } from "../ui.js";
import { cardFace } from "./card-face.js";

/** @type {import("./shell.js").Screen} */
export function bindScreen(phone) {
  const key = newKey();
  const problems = h("div");
  const stage = h("div", { class: "stack" });
  const verificationId = verification();
  if (!verificationId) return { title: t("bind.title"), body: needsFace(phone) };
  const bind = () => attempt(problems, async () => {
    const card = await post("/v1/cards", { verificationId }, { key }).catch(alreadyBound);
    emit("step", "card");
    fill(stage, bound(phone, card));
  });
  fill(stage,
    h("div", { class: "blank-card", "aria-hidden": "true" }, icon("card")),
    h("p", { class: "lead" }, t("bind.lead")),
    h("ul", { class: "ticks" }, ["one", "two", "three"].map((n) => h("li", {}, icon("check"), t(`bind.${n}`)))),
    problems,
    actionButton({ class: "button button-primary wide" }, [icon("card"), t("bind.button")], bind));
  return { title: t("bind.title"), body: stage };
}

/** The card is there already: show it instead of a refusal. */
async function alreadyBound(error) {
  if (!(error instanceof Problem) || error.code !== "card-already-bound") throw error;
  const { items } = await get("/v1/cards");
  if (!items.length) throw error;
  return items[0];
}

function needsFace(phone) {
  return h("div", { class: "stack" }, h("p", { class: "lead" }, t("bind.needsFace")),
    h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.replace("face", { then: "bind" }) }, icon("face"), t("home.faceButton")));
}

function bound(phone, card) {
  return [
    h("div", { class: "card-arrival" }, cardFace(card)),
    h("div", { class: "result result-success" }, icon("check"), h("strong", {}, said(t("bind.done"))), h("p", {}, t("bind.doneDetail"))),
    h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.replace("code", { card }) }, icon("code"), t("home.showCode")),
    h("button", { type: "button", class: "button wide", onclick: () => phone.reset("home") }, t("common.home")),
  ];
}
