/**
 * Proving who one is: one's own face, for whatever step needs it next.
 */

import { emit } from "../bus.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { currentPerson, verified } from "../session.js";
import { clock } from "../time.js";
import { said } from "../ui.js";
import { faceForm } from "./face-scan.js";

/** What refuses a step until one's own face is scanned (again). */
const WANTED = new Set([
  "face-required", "verification-expired", "verification-session", "verification-purpose", "verification-person", "receipt-invalid",
]);

/** @param {any} error @returns {boolean} whether a scan of one's own face would help */
export const wantsFace = (error) => WANTED.has(error?.code);

/** @type {import("./shell.js").Screen} */
export function faceScreen(phone, { then = "back" }) {
  const stage = h("div", { class: "stack" });
  fill(stage, faceForm(phone, stage, {
    purpose: "identity", lead: t("face.lead"), person: currentPerson(),
    passed: (id, validUntil) => {
      verified(id, validUntil);
      emit("step", "face");
      fill(stage, success(phone, then, validUntil));
    },
  }));
  return { title: t("face.title"), body: stage };
}

function success(phone, then, validUntil) {
  return [
    h("div", { class: "result result-success" }, icon("shield"), h("strong", {}, said(t("face.passed"))),
      h("p", {}, t("face.passedDetail", { time: clock(validUntil) }))),
    h("button", { type: "button", class: "button button-primary wide", onclick: () => (then === "back" ? phone.back() : phone.replace(then)) }, t("common.continue")),
  ];
}
