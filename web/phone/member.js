/**
 * Acting for one more member of the family: who, for what, until when; then the face that agrees to it.
 * An adult's own face agrees, and that of a child of 16; for a younger child the guardian's.
 */

import { newKey, post } from "../api.js";
import { announce, actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { currentPerson, verified } from "../session.js";
import { now } from "../time.js";
import { attempt, field, notice, problemNotice } from "../ui.js";
import { wantsFace } from "./face.js";
import { faceForm, openScan } from "./face-scan.js";
import { demoFamily } from "./member-demo.js";
import { ageOf } from "./relatives.js";

const RELATIONS = ["elder", "child", "spouse", "other"];
const ACTIONS = ["cards", "appointments", "certificates", "usage-log"];
const DAYS = [30, 365, 1095];
const AGREES_FROM = 16;
const DAY_MS = 86_400_000;

/** @type {import("./shell.js").Screen} */
export function memberScreen(phone, { slots }) {
  const stage = h("div", { class: "stack" });
  fill(stage, form(phone, stage, slots));
  return { title: t("member.title"), body: stage };
}

const choice = (type, name, value, label, checked) => h("label", { class: "choice" },
  h("input", { type, name, value, checked }), h("span", {}, label));

function form(phone, stage, slots) {
  const free = (relation) => slots.some((each) => each.relation === relation && each.used < each.slots);
  const open = RELATIONS.filter(free);
  const relation = h("select", { class: "input", onchange: () => change() }, RELATIONS.map((each) => h("option", { value: each, disabled: !free(each), selected: each === open[0] }, t(`relation.${each}`))));
  const name = h("input", { class: "input", type: "text", autocomplete: "off", required: true });
  const number = h("input", { class: "input mono", type: "text", autocomplete: "off", maxlength: 18, spellcheck: "false", required: true });
  const until = h("select", { class: "input" }, DAYS.map((days) => h("option", { value: days, selected: days === 365 }, t(`member.days.${days}`))));
  const actions = h("fieldset", { class: "choices" }, h("legend", {}, t("family.actions")),
    ACTIONS.map((action) => choice("checkbox", "action", action, [h("strong", {}, t(`action.${action}`)), h("span", { class: "row-detail" }, t(`actionDetail.${action}`))], action !== "certificates")));
  const consent = h("p", { class: "hint" });
  const problems = h("div");
  const change = () => { consent.textContent = t(relation.value === "child" ? "member.consentChild" : "member.consent"); };
  const wish = () => ({
    relation: relation.value,
    actions: [...actions.querySelectorAll("input:checked")].map((box) => box.value),
    until: new Date(now() + Number(until.value) * DAY_MS).toISOString(),
    person: { realName: name.value.trim(), idNumber: number.value.trim().toUpperCase() },
  });
  change();
  return h("form", { class: "stack", novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("p", { class: "lead" }, t("member.lead")),
    demoFamily(phone.signal, (kin) => {
      [relation.value, name.value, number.value] = [kin.relation, kin.person.realName, kin.person.idNumber];
      change();
    }),
    field(t("member.relation"), relation), field(t("face.name"), name), field(t("face.number"), number, t("face.numberHint")),
    actions, field(t("member.until"), until), consent, problems,
    actionButton({ type: "submit", class: "button button-primary wide" }, [icon("face"), t("member.next")], () => attempt(problems, () => consented(phone, stage, wish()))));
}

/** By whose face, depends on the member's age. */
async function consented(phone, stage, wish) {
  if (!wish.actions.length) throw new RangeError(t("member.noAction"));
  if (wish.relation === "child" && ageOf(wish.person.idNumber) < AGREES_FROM) return byGuardian(phone, stage, wish);
  return openScan(phone, stage, {
    purpose: "mandate", lead: t("member.scanLead"), person: wish.person,
    passed: (verificationId) => grant(phone, stage, wish, { verificationId }),
  });
}

const grant = async (phone, stage, { relation, actions, until }, proof) => {
  try {
    const mandate = await post("/v1/mandates", { relation, actions, until, ...proof }, { key: newKey() });
    announce(t("member.done"));
    phone.replace("mandate", { id: mandate.id });
  } catch (error) {
    if (wantsFace(error)) throw error;
    fill(stage, problemNotice(error), h("button", { type: "button", class: "button wide", onclick: () => phone.back() }, t("common.back")));
  }
};

/** The service asks for the guardian's face where this session has none that serves. */
async function byGuardian(phone, stage, wish) {
  const proof = { member: wish.person };
  try {
    await grant(phone, stage, wish, proof);
  } catch (error) {
    if (!wantsFace(error)) throw error;
    fill(stage, notice("info", "face", h("strong", {}, t("member.guardian")), h("p", {}, t("member.guardianDetail"))), faceForm(phone, stage, {
      purpose: "identity", lead: t("face.lead"), person: currentPerson(),
      passed: (id, validUntil) => {
        verified(id, validUntil);
        return grant(phone, stage, wish, { ...proof, verificationId: id });
      },
    }));
  }
}
