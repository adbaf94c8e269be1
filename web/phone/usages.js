/**
 * Who looked at my card: each use with its institution, purpose and what was told, and "that was not me".
 * The entries hold the names of attributes, never their values.
 */

import { call, get } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clockSeconds, day, yuan } from "../time.js";
import { badge, emptyState, more, notice, problemNotice, region } from "../ui.js";
import { confirmSheet } from "./confirm.js";
import { toldNames } from "./told.js";

const PAGE = 10;
const KINDS = { qr: ["info", "code"], "offline-qr": ["warning", "offline"], counter: ["neutral", "scan"] };

/** @type {import("./shell.js").Screen} */
export function usagesScreen(phone, { mandateId, holder }) {
  const signal = phone.signal;
  const ask = (cursor) => get("/v1/usages", { query: { mandateId, cursor, limit: PAGE }, signal });
  return {
    title: t(mandateId ? "usage.familyTitle" : "usage.title"),
    body: h("div", { class: "stack" },
      h("button", { type: "button", class: "button wide", "data-action": "reads", onclick: () => phone.go("reads", { mandateId, holder }) }, icon("eye"), t("reads.title")),
      h("p", { class: "hint" }, mandateId ? t("usage.familyLead", { holder }) : t("usage.lead")),
      region(() => ask(null), (page) => pages(phone, page, ask, mandateId), { signal })),
  };
}

function pages(phone, first, ask, mandateId) {
  if (!first.items.length) return emptyState("eye", t("usage.none"), t("usage.noneDetail"));
  const list = h("ul", { class: "usages", "aria-label": t("usage.title") });
  const foot = h("div");
  const outcome = h("div");
  function add(page) {
    list.append(...page.items.map((usage) => item(phone, usage, mandateId, outcome)));
    fill(foot, page.cursor && more(() => next(page.cursor)));
  }
  async function next(cursor) {
    try {
      add(await ask(cursor));
    } catch (error) {
      if (!phone.signal.aborted) fill(foot, problemNotice(error, () => next(cursor)));
    }
  }
  add(first);
  return [outcome, list, foot];
}

function item(phone, usage, mandateId, outcome) {
  const view = h("li", { class: usage.disputedAt ? "usage usage-disputed" : "usage", "data-usage": usage.id });
  const disputed = (answer) => {
    view.replaceWith(item(phone, { ...usage, disputedAt: answer.disputedAt }, mandateId, outcome));
    announce(t("usage.disputedDone"));
    fill(outcome, notice("warning", "pause", h("strong", {}, t("usage.disputedDone")),
      h("p", {}, t("usage.disputedDetail", { status: t(`card.status.${answer.cardStatus}`) }))));
    outcome.scrollIntoView({ block: "nearest" });
  };
  const [tone, drawn] = KINDS[usage.kind] ?? KINDS.qr;
  const { terminal } = usage;
  return fill(view,
    h("div", { class: "usage-head" }, h("strong", {}, usage.institution.name), h("time", { datetime: usage.at }, `${day(usage.at)} ${clockSeconds(usage.at)}`)),
    h("p", { class: "usage-why" }, pick(usage.purpose), usage.amountFen !== null && h("span", { class: "price" }, yuan(usage.amountFen))),
    h("div", { class: "tags" },
      badge(/** @type {any} */ (tone), t(`usage.kind.${usage.kind}`), drawn),
      usage.disputedAt && badge("danger", t("usage.disputed"), "alert"),
      usage.familyMember && badge("neutral", t("usage.by", { holder: usage.familyMember.holder }), "family")),
    h("p", { class: "usage-told" }, h("span", {}, t("usage.told")), toldNames(usage.attributes).join(t("usage.and"))),
    h("p", { class: "hint mono small" }, [terminal.officeId, terminal.deviceId, terminal.operatorId].filter(Boolean).join(" · ")),
    !usage.disputedAt && h("button", { type: "button", class: "button button-quiet usage-not-me", "data-action": "not-me", onclick: () => ask(phone, usage, mandateId, disputed) },
      icon("alert"), t("usage.notMe")));
}

const ask = (phone, usage, mandateId, disputed) => confirmSheet(phone, {
  title: t("usage.notMe"),
  text: t("usage.notMeAsk", { place: usage.institution.name, time: clockSeconds(usage.at) }),
  extra: notice("warning", "pause", h("p", {}, t("usage.notMeDetail"))),
  label: t("usage.notMeSure"),
  act: async () => disputed(await call("POST", `/v1/usages/${usage.id}/not-me`, { query: { mandateId }, body: {} })),
});
