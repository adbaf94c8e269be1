/**
 * The bell: messages to the citizen.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { clock, day } from "../time.js";
import { emptyState, region } from "../ui.js";

/** @type {import("./shell.js").Screen} */
export function noticesScreen(phone) {
  const show = ({ items }) => (items.length ? h("ul", { class: "notices" }, items.map((item) => message(phone, item))) : emptyState("bell", t("notices.none"), t("notices.noneDetail")));
  return { title: t("notices.title"), body: region(() => get("/v1/notices", { signal: phone.signal }), show, { signal: phone.signal }) };
}

const message = (phone, { title, body, about, createdAt }) => h("li", { class: "message" },
  h("strong", {}, pick(title)), h("p", {}, pick(body)), h("time", { datetime: createdAt }, `${day(createdAt)} ${clock(createdAt)}`),
  about.startsWith("apt_") && h("button", { type: "button", class: "button button-quiet message-link", "data-about": about, onclick: () => phone.go("appointment", { id: about }) },
    t("notices.open")));
