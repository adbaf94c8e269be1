/**
 * The reverse of showing a code: the citizen scans the counter's, sees who asks for what, and shares or does not.
 * There is no camera here: the code that a counter beside the phone shows is at hand, any other is typed.
 */

import { newKey, post } from "../api.js";
import { on } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock } from "../time.js";
import { attempt, facts, field, notice, said } from "../ui.js";
import { toldNames } from "./told.js";
import { cardChoice, usableCards } from "./wallet.js";

/** @type {{code: string, place: any} | null} what the counter on this page shows now */
let inView = null;
on("counter-code", (shown) => { inView = shown; });

/** @type {import("./shell.js").Screen} */
export function scanScreen(phone) {
  const stage = h("div", { class: "stack" });
  const typed = h("input", { class: "input mono", type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "characters" });
  const problems = h("div");
  const beside = h("div");
  const scan = (code) => attempt(problems, async () => {
    const [asking, cards] = await Promise.all([post("/v1/counter-codes/read", { code }), usableCards()]);
    fill(stage, consent(phone, stage, code, asking, cards));
    stage.querySelector("h3")?.focus({ preventScroll: true });
  });
  const look = () => fill(beside, inView
    ? actionButton({ class: "button button-primary wide", "data-action": "scan-counter" }, [icon("scan"), t("scan.inView", { place: pick(inView.place) })], () => scan(inView?.code ?? ""))
    : notice("info", "pill", h("p", {}, t("scan.noneInView"))));
  look();
  on("counter-code", look, phone.signal);
  fill(stage,
    h("div", { class: "viewfinder", "aria-hidden": "true" }, icon("scan")),
    h("p", { class: "lead centre" }, t("scan.lead")),
    beside,
    // Never trimmed: a space may be a code's last character.
    field(t("scan.typed"), typed, t("scan.typedHint")),
    actionButton({ class: "button wide", "data-action": "read-typed" }, t("scan.read"), () => scan(typed.value)),
    problems);
  return { title: t("scan.title"), body: stage };
}

/** Who asks, for what, what they would learn: said before anything is shared. */
function consent(phone, stage, code, asking, cards) {
  const problems = h("div");
  const key = newKey();
  const card = cardChoice(cards, t("scan.whichCard"));
  const share = () => attempt(problems, async () => {
    const presence = await post("/v1/presences", { cardId: card.chosen(), code }, { key });
    fill(stage, shared(phone, presence));
  });
  const refuse = h("button", { type: "button", class: "button wide", onclick: () => phone.show() }, t("scan.refuse"));
  return [
    h("div", { class: "asking" }, icon("hospital"), h("h3", { tabindex: "-1" }, asking.institution.name), h("p", {}, t("scan.asks"))),
    facts([[t("scan.purpose"), pick(asking.purpose)], [t("scan.counter"), h("span", { class: "mono small" }, asking.officeId)]]),
    h("section", { class: "stack" }, h("h3", { class: "section-title" }, t("scan.learns")),
      h("ul", { class: "ticks" }, toldNames(asking.attributes).map((name) => h("li", {}, icon("check"), name)))),
    card.view, problems,
    cards.length
      ? actionButton({ class: "button button-primary wide", "data-action": "share" }, [icon("shield"), t("scan.share")], share)
      : notice("warning", "card", h("p", {}, t("scan.noCard"))),
    refuse,
  ];
}

const shared = (phone, { institution, officeId, expiresAt }) => [
  h("div", { class: "result result-success" }, icon("check"), h("strong", {}, said(t("scan.shared"))),
    h("p", {}, t("scan.sharedDetail", { place: institution.name, office: officeId, time: clock(expiresAt) }))),
  h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.reset("home") }, t("common.home")),
  h("button", { type: "button", class: "button button-quiet wide", onclick: () => phone.replace("usages") }, icon("eye"), t("home.usages")),
];
