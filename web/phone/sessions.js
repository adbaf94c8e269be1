/**
 * Where I am logged in, and the way out: of one device or of all.
 */

import { get, remove } from "../api.js";
import { announce, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { close } from "../session.js";
import { clock, day } from "../time.js";
import { badge, region } from "../ui.js";
import { confirmSheet } from "./confirm.js";

/** @type {import("./shell.js").Screen} */
export function sessionsScreen(phone) {
  const show = ({ items }) => [
    h("p", { class: "hint" }, t("sessions.lead")),
    h("ul", { class: "sessions" }, items.map((session) => item(phone, session))),
    h("button", { type: "button", class: "button button-danger wide", "data-action": "log-out-everywhere", onclick: () => everywhere(phone) }, icon("logout"), t("sessions.everywhere")),
  ];
  return { title: t("sessions.title"), body: region(() => get("/v1/sessions", { signal: phone.signal }), show, { signal: phone.signal }) };
}

const at = (moment) => `${day(moment)} ${clock(moment)}`;

function item(phone, { id, openedAt, refreshedAt, expiresAt, current }) {
  return h("li", { class: "session", "data-session": id },
    h("span", { class: "row-icon" }, icon(current ? "phone" : "devices")),
    h("div", { class: "row-text" },
      h("strong", {}, t("sessions.opened", { time: at(openedAt) })),
      h("span", { class: "row-detail" }, t("sessions.refreshed", { time: at(refreshedAt) })),
      h("span", { class: "row-detail" }, t("sessions.until", { time: at(expiresAt) })),
      current && h("span", { class: "tags" }, badge("success", t("sessions.current"), "check"))),
    h("button", { type: "button", class: "button button-quiet", "data-action": "log-out-one", onclick: () => one(phone, id, current) }, t(current ? "account.out" : "sessions.end")));
}

/** Ends this session with the service as well; without the service it ends here, and there by itself. */
export async function logOut(phone) {
  await remove("/v1/sessions/current").catch(() => {});
  close();
  phone.reset("login");
}

const one = (phone, id, current) => confirmSheet(phone, {
  title: t("sessions.end"), text: t(current ? "sessions.endCurrentAsk" : "sessions.endAsk"), label: t("sessions.end"),
  act: async () => {
    if (current) return logOut(phone);
    await remove(`/v1/sessions/${id}`);
    announce(t("sessions.ended"));
    return phone.show();
  },
});

const everywhere = (phone) => confirmSheet(phone, {
  title: t("sessions.everywhere"), text: t("sessions.everywhereAsk"), label: t("sessions.everywhereSure"),
  act: async () => {
    await remove("/v1/sessions");
    close();
    phone.reset("login");
    announce(t("sessions.endedAll"));
  },
});
