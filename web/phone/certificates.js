/**
 * Official certificates: what can be asked for, what I have, asking for one with its purpose.
 */

import { get, newKey, post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { hasText, pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { verification } from "../session.js";
import { fullDay } from "../time.js";
import { attempt, badge, emptyState, facts, field, notice, region } from "../ui.js";

const TONES = { gathering: "info", issuing: "info", issued: "success", rejected: "warning", deferred: "info", review: "info", abandoned: "neutral" };

/** @type {import("./shell.js").Screen} */
export function certificatesScreen(phone) {
  const signal = phone.signal;
  const ask = () => Promise.all([get("/v1/certificate-types", { signal }), get("/v1/certificates", { signal })]);
  const show = ([types, mine]) => {
    const wanted = [
      h("h3", { class: "section-title" }, t("cert.ask")),
      h("ul", { class: "rows" }, types.items.filter((type) => !type.stillPaper).map((type) => h("li", {}, typeRow(phone, type)))),
      h("h3", { class: "section-title" }, t("cert.paper")),
      h("ul", { class: "rows" }, types.items.filter((type) => type.stillPaper).map((type) => h("li", {}, paperRow(type)))),
    ];
    const own = [
      h("h3", { class: "section-title" }, t("cert.mine")),
      mine.items.length
        ? h("ul", { class: "rows" }, mine.items.map((certificate) => h("li", {}, certificateRow(phone, certificate))))
        : emptyState("certificate", t("cert.none"), t("cert.noneDetail")),
    ];
    return mine.items.length ? [...own, ...wanted] : [...wanted, ...own]; // the catalogue is long: what one has is above it
  };
  return { title: t("home.certificates"), body: region(ask, show, { signal }) };
}

const typeRow = (phone, type) => h("button", { type: "button", class: "row", "data-type": type.id, onclick: () => phone.go("request", { type }) },
  h("span", { class: "seal", "aria-hidden": "true" }, t("cert.seal")),
  h("span", { class: "row-text" }, h("strong", {}, pick(type.name)), h("span", { class: "row-detail" }, pick(type.departmentName))),
  icon("next"));

const paperRow = ({ id, name, stillPaper }) => h("div", { class: "row", "data-paper": id },
  h("span", { class: "row-text" }, h("strong", {}, pick(name)),
    h("span", { class: "row-detail" }, pick(stillPaper)), h("span", { class: "row-detail" }, pick(stillPaper.where))));

const certificateRow = (phone, { id, typeName, status, standing, serial, issuedAt, subject }) =>
  h("button", { type: "button", class: "row", onclick: () => phone.go("certificate", { id }) },
    h("span", { class: "row-text" },
      h("strong", {}, pick(typeName)),
      h("span", { class: "row-detail" }, [serial, issuedAt && fullDay(issuedAt)].filter(Boolean).join(" · ")),
      h("span", { class: "tags" }, standing && standing !== "valid" ? badge("warning", t(`cert.standing.${standing}`)) : badge(TONES[status] ?? "neutral", t(`cert.status.${status}`)), subject && badge("neutral", subject.holder, "family"))),
    icon("next"));

/** @type {import("./shell.js").Screen} */
export function requestScreen(phone, { type }) {
  const verificationId = verification();
  const title = pick(type.name);
  if (!verificationId) return { title, body: needsFace(phone) };
  const purpose = h("select", { class: "input" }, type.purposes.map((each) => h("option", { value: each.code }, pick(each))));
  const problems = h("div");
  /** @type {Record<string, string>} about somebody else, it is another request */
  const keys = {};
  const about = subjectChoice(phone, type);
  const request = () => attempt(problems, async () => {
    const mandateId = about.chosen();
    keys[mandateId] ??= newKey();
    const body = { types: [type.id], verificationId, purpose: purpose.value, subject: mandateId ? { mandateId } : "self" };
    const { items } = await post("/v1/certificates", body, { key: keys[mandateId] });
    emit("step", "request");
    phone.replace("certificate", { id: items[0].id, interval: items[0].interval });
  });
  return {
    title,
    body: h("div", { class: "stack" },
      h("p", { class: "lead" }, t(hasText(`cert.lead.${type.id}`) ? `cert.lead.${type.id}` : "cert.lead")),
      facts([[t("cert.from"), pick(type.departmentName)], [t("cert.basis"), type.legalBasis.map(pick).join(" · ")], [t("cert.statutory"), t("cert.workingDays", { n: type.statutoryDays })], [t("cert.validity"), t("cert.days", { n: type.validDays })], [t("cert.format"), type.formats.join(", ").toUpperCase()], [t("cert.about"), !type.byMandate && t("cert.myself")]]),
      about.view,
      field(t("cert.purpose"), purpose, t("cert.purposeHint")),
      notice("info", "shield", h("p", {}, t("cert.consent"))),
      problems,
      actionButton({ class: "button button-primary wide" }, [icon("certificate"), t("cert.request")], request)),
  };
}

/** Myself, or somebody whose mandate covers certificates. Without an answer it stays at myself. */
function subjectChoice(phone, type) {
  const view = h("div");
  const select = h("select", { class: "input" }, h("option", { value: "" }, t("cert.myself")));
  const offer = ({ items }) => {
    const members = items.filter(({ role, status, actions }) => role === "agent" && status === "active" && actions.includes("certificates"));
    select.append(...members.map(({ id, member }) => h("option", { value: id }, member.holder)));
  };
  if (type.byMandate) {
    fill(view, field(t("cert.about"), select));
    get("/v1/mandates", { signal: phone.signal }).then(offer).catch(() => {});
  }
  return { view, chosen: () => select.value };
}

const needsFace = (phone) => h("div", { class: "stack" }, h("p", { class: "lead" }, t("cert.needsFace")),
  h("button", { type: "button", class: "button button-primary wide", onclick: () => phone.go("face") },
    icon("face"), t("home.faceButton")));
