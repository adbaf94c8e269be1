/**
 * The social-security bureau's desk: a clerk changes the physical card of whoever is at the phone, or of their family.
 * The bureau tells the service by its signed feed; what becomes of the electronic card is the service's to say.
 */

import { call, get } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { currentPerson } from "../session.js";
import { relatives } from "../phone/relatives.js";
import { attempt, badge, emptyState, facts, field, notice, region } from "../ui.js";
import { select } from "./segments.js";

const BASE = "/sandbox/departments/social-security/physical-cards";
const STATES = ["active", "lost", "locked", "cancelled"];
const TONES = { active: "success", lost: "warning", locked: "danger", cancelled: "danger" };
const TOLD = { waiting: "info", acknowledged: "success", refused: "danger" };

/** @returns {any} */
export function bureauPart() {
  const person = currentPerson();
  if (!person) return emptyState("card", t("bureau.nobody"), t("bureau.nobodyDetail"));
  const desk = h("div");
  const show = (userId) => fill(desk, region(() => get(`${BASE}/${userId}`), (card) => cardAt(desk, userId, card), { rows: 2 }));
  const who = h("div");
  const everybody = [[person.userId, person.realName]];
  fill(who, field(t("bureau.who"), select(everybody, person.userId, show)));
  relatives(AbortSignal.timeout(10_000)).then((kin) => {
    const family = kin.filter(({ person: each }) => each.insured).map(({ relation, person: each }) => [each.userId, `${each.realName} · ${t(`relation.${relation}`)}`]);
    fill(who, field(t("bureau.who"), select([...everybody, ...family], person.userId, show)));
  }).catch(() => {});
  show(person.userId);
  return h("div", { class: "stack bureau" }, who, desk);
}

function cardAt(desk, userId, card) {
  const problems = h("div");
  const change = (status) => attempt(problems, async () => {
    fill(desk, cardAt(desk, userId, await call("PUT", `${BASE}/${userId}`, { body: { status } })));
  });
  return [
    facts([
      [t("bureau.card"), badge(/** @type {any} */ (TONES[card.status]), t(`bureau.state.${card.status}`))],
      [t("desk.version"), card.version],
      [t("bureau.feed"), card.feed && badge(/** @type {any} */ (TOLD[card.feed.state]), t(`bureau.told.${card.feed.state}`), "shield")],
    ]),
    h("div", { class: "button-row", role: "group", "aria-label": t("bureau.change") }, STATES.filter((each) => each !== card.status).map((status) =>
      actionButton({ class: status === "active" ? "button" : "button button-danger", "data-status": status }, t(`bureau.set.${status}`), () => change(status)))),
    problems,
    card.feed && notice("info", "shield", h("p", {}, t("bureau.told"))),
  ];
}
