/**
 * What I have shared: which certificate, with whom, for what, when it was read; and taking it back.
 */

import { get, remove } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day } from "../time.js";
import { badge, emptyState, more, problemNotice, region } from "../ui.js";
import { confirmSheet } from "./confirm.js";

const PAGE = 10;
const TONES = { standing: "success", used: "neutral", revoked: "warning", over: "neutral" };
const at = (moment) => `${day(moment)} ${clock(moment)}`;

/** @type {import("./shell.js").Screen} */
export function sharesScreen(phone) {
  const signal = phone.signal;
  const ask = (cursor) => get("/v1/shares", { query: { cursor, limit: PAGE }, signal });
  return {
    title: t("share.mine"),
    body: h("div", { class: "stack" }, h("p", { class: "hint" }, t("share.mineLead")),
      region(() => ask(null), (page) => pages(phone, page, ask), { signal })),
  };
}

function pages(phone, first, ask) {
  if (!first.items.length) return emptyState("certificate", t("share.none"), t("share.noneDetail"));
  const list = h("ul", { class: "usages", "aria-label": t("share.mine") });
  const foot = h("div");
  function add(page) {
    list.append(...page.items.map((share) => entry(phone, share)));
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
  return [list, foot];
}

function entry(phone, share) {
  const view = h("li", { class: "usage", "data-share": share.id, "data-status": share.status });
  const revoked = () => {
    view.replaceWith(entry(phone, { ...share, status: "revoked" }));
    announce(t("share.status.revoked"));
  };
  const fallen = share.standing && share.standing !== "valid";
  return fill(view,
    h("div", { class: "usage-head" }, h("strong", {}, pick(share.typeName)), h("time", { datetime: share.createdAt }, at(share.createdAt))),
    h("p", { class: "usage-told" }, h("span", {}, t("share.with")), share.institution?.name ?? t("share.kind.link")),
    h("p", { class: "usage-told" }, h("span", {}, t("share.for")), share.purpose),
    h("div", { class: "tags" }, badge(/** @type {any} */ (TONES[share.status]), t(`share.status.${share.status}`)),
      fallen && badge("danger", t(`share.standing.${share.standing}`)), share.holder && badge("neutral", share.holder, "person")),
    h("p", { class: "hint" }, share.usedAt.length ? t("share.usedAt", { times: share.usedAt.map(at).join(t("usage.and")) }) : t("share.unused", { time: at(share.expiresAt) })),
    share.status === "standing" && h("button", { type: "button", class: "button button-quiet usage-not-me", "data-action": "revoke", onclick: () => ask(phone, share, revoked) }, icon("cross"), t("share.revoke")));
}

const ask = (phone, share, revoked) => confirmSheet(phone, {
  title: t("share.revoke"), text: t("share.revokeAsk"), label: t("share.revokeSure"),
  act: async () => {
    await remove(`/v1/shares/${share.id}`);
    revoked();
  },
});
