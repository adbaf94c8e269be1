/**
 * Choosing a synthetic person and logging in with the payment app's code.
 * Names and numbers are searched on this page, never through an address.
 */

import { post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon, mark } from "../icons.js";
import { open } from "../session.js";
import { attempt, badge, emptyState, more, problemNotice, region, searchBox } from "../ui.js";
import { everybody } from "./relatives.js";

const PAGE = 12;

const maskedNumber = (idNumber) => `${idNumber.slice(0, 4)}**********${idNumber.slice(-4)}`;

/** @type {import("./shell.js").Screen} */
export function loginScreen(phone, { problem }) {
  return {
    title: t("login.title"),
    root: true,
    body: [
      problem && problemNotice(problem),
      h("div", { class: "welcome" }, mark(), h("p", { class: "welcome-line" }, t("brand.slogan")), h("p", { class: "hint" }, t("login.explain"))),
      region(() => everybody(phone.signal), (people) => peopleList(phone, people), { rows: 6, signal: phone.signal }),
    ],
  };
}

function peopleList(phone, people) {
  const list = h("ul", { class: "rows" });
  const foot = h("div");
  let found = people;
  let shown = PAGE;
  function draw() {
    fill(list, found.slice(0, shown).map((person) => h("li", {}, personRow(phone, person))));
    const rest = found.length > shown && more(() => { shown += PAGE; draw(); });
    fill(foot, found.length ? rest : emptyState("person", t("login.nobody"), t("login.nobodyDetail")));
  }
  function search(text) {
    found = people.filter((person) => person.realName.includes(text) || person.idNumber.includes(text.toUpperCase()));
    shown = PAGE;
    draw();
  }
  draw();
  return [searchBox(t("login.search"), search), list, foot];
}

function personRow(phone, person) {
  return h("button", { type: "button", class: "row person-row", onclick: () => authorise(phone, person) },
    h("span", { class: "avatar", "aria-hidden": "true" }, person.realName[0]),
    h("span", { class: "row-text" },
      h("strong", {}, person.realName),
      h("span", { class: "row-detail mono" }, maskedNumber(person.idNumber)),
      h("span", { class: "tags" }, insuredBadge(person), housesBadge(person))),
    icon("next"));
}

const insuredBadge = ({ insured }) =>
  (insured ? badge("success", t("person.insured")) : badge("warning", t("person.notInsured")));

const housesBadge = ({ facts: { houses } }) => badge("neutral", houses ? t("person.houses", { n: houses }) : t("person.noHouse"));

function authorise(phone, person) {
  const problems = h("div");
  const agree = actionButton({ class: "button button-primary wide" }, t("login.agree"), () => attempt(problems, () => logIn(phone, person)));
  phone.openSheet(t("login.sheetTitle"), [
    h("div", { class: "authorise" },
      h("span", { class: "avatar avatar-large", "aria-hidden": "true" }, person.realName[0]),
      h("p", {}, t("login.sheetText", { name: person.realName }))),
    problems,
    agree,
  ]);
  agree.focus({ preventScroll: true });
}

async function logIn(phone, person) {
  const { authCode } = await post("/sandbox/payment-app/auth-codes", { userId: person.userId });
  open(await post("/v1/sessions", { authCode }), person);
  emit("step", "login");
  phone.reset("home");
}
