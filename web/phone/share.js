/**
 * Showing a certificate to somebody: a link that opens once, or an institution that may fetch it; told for what.
 * A link is shown here and nowhere else: it cannot be asked for again.
 */

import { get, newKey, post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, day } from "../time.js";
import { attempt, field, notice, said, searchBox } from "../ui.js";

const LIVES = { link: [60, 1440, 10080], institution: [1440, 10080, 43200] };
const USES = [1, 3, 10];

/** @param {import("./shell.js").Phone} phone @param {any} certificate the citizen's own request, issued */
export function shareSheet(phone, certificate) {
  const stage = h("div", { class: "stack" });
  phone.openSheet(t("share.title"), stage);
  choose(phone, certificate, stage, "link");
}

function choose(phone, certificate, stage, kind) {
  const tab = (each) => h("button", { type: "button", role: "tab", "aria-selected": String(each === kind), "data-kind": each, onclick: () => choose(phone, certificate, stage, each) }, t(`share.kind.${each}`));
  const purpose = h("input", { class: "input", maxlength: 60, autocomplete: "off", value: pick(certificate.purpose), "data-field": "purpose" });
  const life = h("select", { class: "input", "data-field": "life" }, LIVES[kind].map((each) => h("option", { value: each }, t(`share.life.${each}`))));
  const uses = h("select", { class: "input" }, USES.map((each) => h("option", { value: each }, t("share.times", { n: each }))));
  const format = h("select", { class: "input" }, certificate.formats.map((each) => h("option", { value: each }, each.toUpperCase())));
  const receiver = kind === "institution" ? receiverChoice(phone) : null;
  const problems = h("div");
  const key = newKey();
  const share = () => attempt(problems, async () => {
    const common = { kind, purpose: purpose.value.trim(), expiresInMinutes: Number(life.value) };
    const body = receiver ? { ...common, institutionId: receiver.chosen(), uses: Number(uses.value) } : { ...common, format: format.value };
    const made = await post(`/v1/certificates/${certificate.id}/shares`, body, { key });
    fill(stage, made.link ? linkMade(phone, made) : told(phone, made));
  });
  fill(stage,
    h("div", { class: "segments segments-wide", role: "tablist", "aria-label": t("share.title") }, tab("link"), tab("institution")),
    h("p", { class: "hint" }, t(`share.lead.${kind}`)),
    receiver?.view,
    field(t("share.purpose"), purpose, t("share.purposeHint")),
    h("div", { class: "pair" }, field(t("share.until"), life), receiver ? field(t("share.uses"), uses) : field(t("cert.format"), format)),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "share" }, t(`share.button.${kind}`), share));
}

/** Hospitals and departments by name; the choice is the last one that was pressed. */
function receiverChoice(phone) {
  let id = "";
  const list = h("div", { class: "choices" });
  const pickOne = (each) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "receiver", value: each.id, onchange: () => { id = each.id; } }), h("span", {}, h("strong", {}, each.name)));
  const none = () => ({ items: [] });
  const offices = get("/v1/certificate-types", { signal: phone.signal }).then(departments).catch(() => []);
  async function search(q) {
    const { items } = await get("/v1/hospitals", { query: { q, limit: 3 }, signal: phone.signal }).catch(none);
    const named = (await offices).filter(({ name }) => q && name.includes(q));
    id = "";
    fill(list, [...named, ...items].map(pickOne));
  }
  search("");
  return { view: h("div", { class: "stack" }, searchBox(t("hospitals.search"), search), list), chosen: () => id };
}

/** Departments are institutions by their own id. */
const departments = ({ items }) => [...new Map(items.map((type) => [type.departmentId, { id: type.departmentId, name: pick(type.departmentName) }])).values()];

function linkMade(phone, made) {
  const link = h("input", { class: "input mono small", readonly: true, value: made.link, "aria-label": t("share.link"), "data-link": "", onfocus: () => link.select() });
  const copied = h("div");
  const copy = async () => {
    link.select();
    await navigator.clipboard?.writeText(made.link).catch(() => {});
    fill(copied, notice("success", "check", h("p", {}, said(t("share.copied")))));
  };
  return [
    h("p", {}, t("share.made")),
    link,
    actionButton({ class: "button button-primary wide", "data-action": "copy" }, t("share.copy"), copy),
    copied,
    notice("warning", "alert", h("p", {}, t("share.once", { time: `${day(made.expiresAt)} ${clock(made.expiresAt)}` }))),
    toMine(phone),
  ];
}

const told = (phone, made) => [
  notice("success", "check", h("strong", {}, said(t("share.told", { name: made.institution.name }))), h("p", {}, t("share.toldDetail"))),
  toMine(phone),
];

const toMine = (phone) => h("button", { type: "button", class: "button wide", "data-action": "my-shares", onclick: () => phone.go("shares") }, t("share.mine"));
