/**
 * Service items (政务服务事项): what can be applied for here, what it asks for, my applications.
 */

import { get, newKey, post } from "../api.js";
import { actionButton, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { verification } from "../session.js";
import { fullDay, yuan } from "../time.js";
import { attempt, badge, emptyState, facts, field, notice, region } from "../ui.js";

const TONES = { paid: "success", approved: "success", ordered: "success", rejected: "warning", refused: "warning", abandoned: "neutral", review: "warning", deferred: "warning" };
const HIGHEST_YUAN = 10_000_000;

export const applicationBadge = ({ status }) => badge(TONES[status] ?? "info", t(`matter.status.${status}`));

/** @type {import("./shell.js").Screen} */
export function mattersScreen(phone) {
  const signal = phone.signal;
  const ask = () => Promise.all([get("/v1/matters", { signal }), get("/v1/matter-applications", { signal })]);
  const show = ([{ items }, mine]) => [
    h("h3", { class: "section-title" }, t("matter.online")),
    h("ul", { class: "rows" }, items.filter(({ online }) => online).map((item) => h("li", {}, itemRow(phone, item)))),
    h("h3", { class: "section-title" }, t("matter.mine")),
    mine.items.length
      ? h("ul", { class: "rows" }, mine.items.map((each) => h("li", {}, applicationRow(phone, each))))
      : emptyState("certificate", t("matter.none"), t("matter.noneDetail")),
    h("h3", { class: "section-title" }, t("matter.others")),
    h("ul", { class: "rows" }, items.filter(({ online }) => !online).map((item) => h("li", {}, itemRow(phone, item)))),
    h("a", { class: "button button-quiet wide", href: "/once-only/" }, icon("eye"), t("matter.ledger")),
  ];
  return { title: t("matter.title"), body: region(ask, show, { signal }) };
}

const itemRow = (phone, item) => h("button", { type: "button", class: "row", "data-matter": item.id, onclick: () => phone.go("matter", { item }) },
  h("span", { class: "row-text" },
    h("strong", {}, pick(item.name)),
    h("span", { class: "row-detail" }, pick(item.department.name)),
    h("span", { class: "tags" }, item.online ? badge("success", t("matter.zeroTrips")) : badge("neutral", t("matter.paperLeft", { n: item.tally.paper })))),
  icon("next"));

const applicationRow = (phone, application) => h("button", { type: "button", class: "row", "data-application": application.id, onclick: () => phone.go("application", { id: application.id }) },
  h("span", { class: "row-text" },
    h("strong", {}, pick(application.matterName)),
    h("span", { class: "row-detail" }, [fullDay(application.submittedAt), application.amountFen && yuan(application.amountFen)].filter(Boolean).join(" · ")),
    h("span", { class: "tags" }, applicationBadge(application))),
  icon("next"));

/** @type {import("./shell.js").Screen} */
export function matterScreen(phone, { item }) {
  return {
    title: pick(item.name),
    body: h("div", { class: "stack" },
      facts([[t("matter.decides"), pick(item.department.name)], [t("matter.basis"), pick(item.legalBasis)],
        [t("matter.days"), item.statutoryDays !== null && t("matter.daysOf", { n: item.statutoryDays })], [t("matter.trips"), String(item.trips)]]),
      item.online ? (verification() ? form(phone, item) : needsFace(phone)) : notice("info", "alert", h("p", {}, t("matter.notOnline"))),
      h("h3", { class: "section-title" }, t("matter.materials", { n: item.tally.materials })),
      h("ul", { class: "rows" }, item.materials.map((each) => h("li", {}, materialRow(each))))),
  };
}

/** A material, its source and how it comes; what is still paper says why. */
export const materialRow = ({ name, source, by, exempt, why }) => h("div", { class: "row", "data-by": by },
  h("span", { class: "row-text" },
    h("strong", {}, pick(name)),
    h("span", { class: "row-detail" }, pick(source.name)),
    exempt && h("span", { class: "row-detail" }, pick(exempt)),
    why && h("span", { class: "row-detail" }, pick(why)),
    h("span", { class: "tags" }, by === "api" ? badge("success", t("matter.fetched"), "check") : badge("warning", t("matter.paper")))));

function form(phone, item) {
  const amount = h("input", { type: "number", class: "input", name: "amount", inputmode: "decimal", min: "0.01", max: String(item.terms.quotaFen / 100), step: "0.01", placeholder: t("matter.most") });
  const problems = h("div");
  /** @type {Record<string, string>} another amount is another request */
  const keys = {};
  const apply = () => attempt(problems, async () => {
    const asked = wanted(amount.value);
    keys[amount.value] ??= newKey();
    const made = await post(`/v1/matters/${item.id}/applications`, { verificationId: verification(), ...asked }, { key: keys[amount.value] });
    phone.replace("application", { id: made.id });
  });
  return [
    field(t("matter.amount"), amount, t("matter.amountHint", { quota: yuan(item.terms.quotaFen), months: item.terms.months })),
    notice("info", "shield", h("p", {}, t("matter.consent"))),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "apply" }, [icon("wallet"), t("matter.apply")], apply),
  ];
}

/** Fen, from what was typed as yuan; nothing typed is as much as can be had. */
function wanted(typed) {
  const value = Number(typed);
  return typed.trim() ? { amountFen: Math.round(Math.min(value, HIGHEST_YUAN) * 100) } : {};
}

const needsFace = (phone) => [h("p", { class: "lead" }, t("matter.needsFace")),
  h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.go("face") }, icon("face"), t("home.faceButton"))];
