/**
 * A sheet that asks before something is done that cannot be taken back with one press.
 * Must not know: what is done.
 */

import { actionButton, h } from "../dom.js";
import { t } from "../i18n.js";
import { attempt } from "../ui.js";

/**
 * @param {import("./shell.js").Phone} phone
 * @param {{title: string, text?: string, extra?: any, label: any, keep?: string, danger?: boolean, act: () => Promise<any>}} wish
 *   `extra` is what else is to be chosen, `keep` the way out; a problem in `act` is shown in the sheet, which stays
 */
export function confirmSheet(phone, { title, text, extra, label, keep = t("common.cancel"), danger = true, act }) {
  const problems = h("div");
  const done = async () => {
    await act();
    phone.closeSheet();
  };
  const look = danger ? "button button-danger wide" : "button button-primary wide";
  phone.openSheet(title, [
    text && h("p", {}, text), extra, problems,
    actionButton({ class: look, "data-action": "confirm" }, label, () => attempt(problems, done)),
    h("button", { type: "button", class: "button button-quiet wide", onclick: () => phone.closeSheet() }, keep),
  ]);
}
