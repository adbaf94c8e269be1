/**
 * Missed visits and what they led to: the sanction, until when one may appeal, until when it bars; and the appeal.
 */

import { get, post } from "../api.js";
import { actionButton, announce, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day, fullDay, now } from "../time.js";
import { attempt, badge, emptyState, facts, field, region } from "../ui.js";

const TONES = { recorded: "info", pending: "warning", appealed: "info", upheld: "danger", active: "danger", lifted: "success", expired: "neutral" };
const LONGEST = 500;

/** @type {import("./shell.js").Screen} */
export function sanctionsScreen(phone) {
  const show = ({ items }) => [
    h("p", { class: "hint" }, t("sanction.lead")),
    items.length
      ? h("ul", { class: "sanctions" }, items.map((sanction) => item(phone, sanction)))
      : emptyState("check", t("sanction.none"), t("sanction.noneDetail")),
  ];
  return { title: t("sanction.title"), body: region(() => get("/v1/sanctions", { signal: phone.signal }), show, { signal: phone.signal }) };
}

function item(phone, { id, status, missed, recordedAt, appealUntil, barredUntil }) {
  const open = status === "pending" && appealUntil && Date.parse(appealUntil) > now();
  return h("li", { class: "sanction", "data-sanction": id, "data-status": status },
    h("div", { class: "usage-head" }, h("strong", {}, t("sanction.missed", { n: missed.length })), badge(/** @type {any} */ (TONES[status]), t(`sanction.status.${status}`))),
    h("p", {}, t(`sanction.statusDetail.${status}`)),
    facts([
      [t("sanction.recordedAt"), fullDay(recordedAt)],
      [t("sanction.appealUntil"), appealUntil && `${day(appealUntil)} ${clock(appealUntil)}`],
      [t("sanction.barredUntil"), barredUntil && fullDay(barredUntil)],
      ...missed.map(({ startsAt }, i) => [t("sanction.visit", { n: i + 1 }), `${day(startsAt)} ${clock(startsAt)}`]),
    ]),
    open && h("button", { type: "button", class: "button wide", "data-action": "appeal", onclick: () => appealSheet(phone, id) }, icon("alert"), t("sanction.appeal")));
}

function appealSheet(phone, id) {
  const words = h("textarea", { class: "input", rows: 4, maxlength: LONGEST, required: true });
  const problems = h("div");
  const send = () => attempt(problems, async () => {
    await post(`/v1/sanctions/${id}/appeal`, { reason: words.value.trim() });
    announce(t("sanction.appealed"));
    phone.closeSheet();
    phone.show();
  });
  phone.openSheet(t("sanction.appeal"), [
    h("p", {}, t("sanction.appealAsk")),
    field(t("sanction.reason"), words, t("sanction.reasonHint")),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "confirm" }, t("sanction.send"), send),
    h("button", { type: "button", class: "button button-quiet wide", onclick: () => phone.closeSheet() }, t("common.cancel")),
  ]);
}
