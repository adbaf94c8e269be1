/**
 * The phone's screens by name, and the corner of its bar.
 */

import { get } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { loggedIn } from "../session.js";
import { accountScreen } from "./account.js";
import { applicationScreen } from "./application.js";
import { appointmentScreen } from "./appointment.js";
import { appointmentsScreen } from "./appointments.js";
import { bindScreen } from "./bind.js";
import { cardScreen } from "./card.js";
import { certificateScreen } from "./certificate.js";
import { certificatesScreen, requestScreen } from "./certificates.js";
import { codeScreen } from "./code.js";
import { faceScreen } from "./face.js";
import { familyScreen } from "./family.js";
import { homeScreen } from "./home.js";
import { departmentsScreen, hospitalsScreen } from "./hospitals.js";
import { licenceScreen } from "./licence.js";
import { loginScreen } from "./login.js";
import { mandateScreen } from "./mandate.js";
import { matterScreen, mattersScreen } from "./matters.js";
import { memberScreen } from "./member.js";
import { noticesScreen } from "./notices.js";
import { readsScreen } from "./reads.js";
import { rescheduleScreen } from "./reschedule.js";
import { sanctionsScreen } from "./sanctions.js";
import { scanScreen } from "./scan.js";
import { sessionsScreen } from "./sessions.js";
import { sharesScreen } from "./shares.js";
import { Phone } from "./shell.js";
import { slotsScreen } from "./slots.js";
import { usagesScreen } from "./usages.js";
import { waitScreen } from "./wait.js";

const SCREENS = {
  login: loginScreen, home: homeScreen, face: faceScreen, bind: bindScreen, code: codeScreen,
  hospitals: hospitalsScreen, departments: departmentsScreen, slots: slotsScreen,
  appointments: appointmentsScreen, appointment: appointmentScreen, reschedule: rescheduleScreen, sanctions: sanctionsScreen, wait: waitScreen,
  certificates: certificatesScreen, request: requestScreen, certificate: certificateScreen, shares: sharesScreen,
  card: cardScreen, licence: licenceScreen, usages: usagesScreen, reads: readsScreen, scan: scanScreen,
  matters: mattersScreen, matter: matterScreen, application: applicationScreen,
  family: familyScreen, member: memberScreen, mandate: mandateScreen,
  notices: noticesScreen, account: accountScreen, sessions: sessionsScreen,
};

/** @param {HTMLElement} place @returns {Phone} */
export function startPhone(place) {
  const phone = new Phone(place, SCREENS, () => corner(phone));
  phone.reset(loggedIn() ? "home" : "login");
  return phone;
}

function corner(phone) {
  if (!loggedIn()) return h("span", { class: "bar-gap" });
  const at = phone.stack.at(-1)?.name;
  const bell = h("button", { type: "button", class: "icon-button", "aria-label": t("notices.title"), onclick: () => at !== "notices" && phone.go("notices") }, icon("bell"));
  countNotices(bell, phone.signal);
  return h("div", { class: "bar-end" }, bell,
    h("button", { type: "button", class: "icon-button", "aria-label": t("account.title"), onclick: () => at !== "account" && phone.go("account") }, icon("person")));
}

/** The bell says how many messages there are; without an answer it says nothing. */
async function countNotices(bell, signal) {
  const { items } = await get("/v1/notices", { signal, quiet: true }).catch(() => ({ items: [] }));
  if (!items.length) return;
  bell.append(h("span", { class: "dot" }, items.length > 9 ? "9+" : items.length));
  bell.setAttribute("aria-label", t("notices.count", { n: items.length }));
}
