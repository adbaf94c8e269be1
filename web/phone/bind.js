/**
 * Binding the electronic social-security card once the face has passed.
 */

import { get, newKey, post, Problem } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { verification } from "../session.js";
import { attempt, notice, said } from "../ui.js";
import { cardFace } from "./card-face.js";
import { ownOf } from "./wallet.js";

/** @type {import("./shell.js").Screen} */
export function bindScreen(phone) {
  const key = newKey();
  const problems = h("div");
  const stage = h("div", { class: "stack" });
  const verificationId = verification();
  if (!verificationId) return { title: t("bind.title"), body: needsFace(phone) };
  const arrived = (card) => {
    emit("step", "card");
    fill(stage, bound(phone, card));
  };
  const bind = () => attempt(problems, async () => {
    try {
      arrived(await post("/v1/cards", { verificationId }, { key }));
    } catch (error) {
      const here = await alreadyBound(error);
      if (here) arrived(here);
      else fill(stage, elsewhere(verificationId, arrived));
    }
  });
  fill(stage,
    h("div", { class: "blank-card", "aria-hidden": "true" }, icon("card")),
    h("p", { class: "lead" }, t("bind.lead")),
    h("ul", { class: "ticks" }, ["one", "two", "three"].map((n) => h("li", {}, icon("check"), t(`bind.${n}`)))),
    problems,
    actionButton({ class: "button button-primary wide" }, [icon("card"), t("bind.button")], bind));
  return { title: t("bind.title"), body: stage };
}

/** The card is there already: show it instead of a refusal. Null if it is in another account. */
async function alreadyBound(error) {
  if (!(error instanceof Problem) || error.code !== "card-already-bound") throw error;
  return ownOf((await get("/v1/cards")).items);
}

/** The face proves whose card it is, so it may come here; the other account loses it and is told. */
function elsewhere(verificationId, arrived) {
  const key = newKey();
  const problems = h("div");
  const move = () => attempt(problems, async () => arrived(await post("/v1/cards", { verificationId, move: true }, { key })));
  return [
    notice("warning", "card", h("strong", {}, said(t("bind.elsewhere"))), h("p", {}, t("bind.elsewhereDetail"))),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "move" }, [icon("card"), t("bind.move")], move),
  ];
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
