/**
 * One card: how it stands, why, and what its holder (or who carries it for them) can do about it.
 * A step that needs a face leads through the scan and goes on where it was.
 */

import { get } from "../api.js";
import { announce, h } from "../dom.js";
import { hasText, t } from "../i18n.js";
import { fullDay } from "../time.js";
import { badge, facts, notice, problemNotice, region } from "../ui.js";
import { ACTS, offered } from "./card-acts.js";
import { cardFace } from "./card-face.js";
import { wantsFace } from "./face.js";

const TONES = { bound: "success", suspended: "warning", locked: "danger", unlinked: "neutral", cancelled: "danger" };

/** @param {{status: string}} card */
export const cardBadge = ({ status }) => badge(/** @type {any} */ (TONES[status] ?? "neutral"), t(`card.status.${status}`));

/** @type {import("./shell.js").Screen} */
export function cardScreen(phone, params) {
  const outcome = h("div");
  const ask = async () => {
    const wanted = params.intent;
    delete params.intent;
    if (wanted) await perform(phone, params, wanted).catch((error) => outcome.replaceChildren(problemNotice(error)));
    return get(`/v1/cards/${params.id}`, { signal: phone.signal });
  };
  const body = h("div", { class: "stack" }, outcome, region(ask, (card) => view(phone, params, card), { signal: phone.signal }));
  return { title: t(params.family ? "card.familyTitle" : "card.title"), body };
}

/**
 * @param {import("./shell.js").Phone} phone
 * @param {Record<string, any>} params the card screen's own, which remember what was wanted over a face scan
 * @param {{act: string, details?: any}} wanted
 */
async function perform(phone, params, { act, details }) {
  try {
    await ACTS[act](params.id, details);
  } catch (error) {
    if (!wantsFace(error)) throw error;
    params.intent = { act, details };
    phone.go("face");
    return;
  }
  announce(t(`card.done.${act}`));
  if (act === "unlink" || act === "drop") phone.reset("home");
  else phone.show();
}

function view(phone, params, card) {
  const own = card.role === "own";
  const acts = offered(phone, card, (act, details) => perform(phone, params, { act, details }));
  return [
    cardFace(card),
    standing(card),
    h("ul", { class: "rows" }, acts.map((row) => h("li", {}, row))),
    own && card.level < 2 && card.status === "bound" && h("p", { class: "hint" }, t("card.levelHint")),
    facts([
      [t("card.status"), cardBadge(card)],
      [t("card.levelName"), t(`card.level.${card.level}`)],
      [t("card.number"), h("span", { class: "mono" }, card.numberMasked)],
      [t("face.number"), h("span", { class: "mono small" }, card.idNumberMasked)],
      [t("card.bank"), own && (card.bankMasked ?? t("card.bankNone"))],
      [t("card.boundAt"), fullDay(card.boundAt)],
    ]),
  ];
}

/** Why the card is not usable, in the words of who decided it. */
export function standing(card) {
  if (card.status === "bound") return null;
  const why = card.status === "suspended" ? `suspended.${card.held ?? "bureau"}` : card.status;
  const tone = card.status === "suspended" ? "warning" : "info";
  return notice(tone, card.status === "suspended" ? "pause" : "lock",
    h("strong", {}, t(`card.why.${why}`)), hasText(`card.whyDetail.${why}`) && h("p", {}, t(`card.whyDetail.${why}`)));
}
