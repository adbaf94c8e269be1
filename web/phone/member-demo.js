/**
 * The demonstration's shortcut: nobody knows a made-up relative's number by heart.
 * Must not know: what is done for a relative.
 */

import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { ageOf, relatives } from "./relatives.js";

/** @param {AbortSignal} signal @param {(kin: {relation: string, person: any}) => void} choose @returns {HTMLElement} */
export function demoFamily(signal, choose) {
  const place = h("div", {});
  const chip = (kin) => h("button", { type: "button", class: "chip", "data-relation": kin.relation, onclick: () => choose(kin) },
    h("strong", {}, kin.person.realName), h("span", {}, `${t(`relation.${kin.relation}`)} · ${t("member.age", { n: ageOf(kin.person.idNumber) })}`));
  relatives(signal).then((found) => {
    if (found.length && !signal.aborted) fill(place, h("p", { class: "hint" }, t("member.demo")), h("div", { class: "chips" }, found.map(chip)));
  }).catch(() => {});
  return place;
}
