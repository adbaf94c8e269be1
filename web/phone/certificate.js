/**
 * One certificate: its facts being gathered, then issued with its serial, and the signed file to keep.
 * The file lives behind a signed address of a few minutes, which the API gives and the browser opens.
 */

import { get } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h, skeleton } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clock, fullDay, poll } from "../time.js";
import { attempt, facts, notice, problemNotice, said } from "../ui.js";
import { shareSheet } from "./share.js";

const STEPS = ["accepted", "gathering", "issuing", "issued"];
const ENDS = ["issued", "rejected", "abandoned"];
/** A request that a department or a person is late with is not waited for here: a notice tells when it is done. */
const LATE = ["deferred", "review"];
const isOver = ({ status }) => ENDS.includes(status) || LATE.includes(status);

/** @type {import("./shell.js").Screen} */
export function certificateScreen(phone, { id, interval = 1 }) {
  const stage = h("div", { class: "stack" });
  const signal = phone.signal;
  const draw = (certificate) => {
    if (!signal.aborted) fill(stage, view(phone, certificate));
  };
  async function load() {
    fill(stage, skeleton(5, t("common.loading")));
    let seen = "";
    const ask = async () => {
      const certificate = await get(`/v1/certificates/${id}`, { signal, quiet: true });
      if (certificate.status !== seen) draw(certificate);
      seen = certificate.status;
      return certificate;
    };
    try {
      const last = await poll(ask, { done: isOver, signal, firstMs: Math.min(interval * 1000, 1000) });
      if (last.status === "issued") emit("step", "certificate");
    } catch (error) {
      if (!signal.aborted) fill(stage, problemNotice(error, load));
    }
  }
  load();
  return { title: t("cert.title"), body: stage };
}

function view(phone, certificate) {
  if (certificate.status === "rejected" || certificate.status === "abandoned") return refused(certificate);
  if (LATE.includes(certificate.status)) return late(certificate);
  return isOver(certificate) ? issued(phone, certificate) : gathering(certificate);
}

function gathering({ typeName, status }) {
  const at = Math.max(1, STEPS.indexOf(status));
  const dot = (i) => (i < at ? icon("check") : i === at ? h("span", { class: "spinner", "aria-hidden": "true" }) : null);
  const item = (step, i) => h("li", { class: i < at ? "done" : i === at ? "now" : "" }, h("span", { class: "step-dot" }, dot(i)), t(`cert.step.${step}`));
  return [
    h("div", { class: "certificate-head" }, h("strong", {}, pick(typeName)), h("p", {}, said(t("cert.gathering")))),
    h("ol", { class: "progress" }, STEPS.map(item)),
    h("p", { class: "hint" }, t("cert.gatheringHint")),
  ];
}

function late({ typeName, status, dueBy }) {
  return [
    h("div", { class: "certificate-head" }, h("strong", {}, pick(typeName)), h("p", {}, said(t(`cert.${status}`)))),
    facts([[t("cert.dueBy"), fullDay(dueBy)]]),
    h("p", { class: "hint" }, t("cert.lateHint")),
  ];
}

function refused({ typeName, reason }) {
  return [
    h("div", { class: "certificate-head" }, h("strong", {}, pick(typeName))),
    notice("warning", "alert", h("strong", {}, said(t("cert.rejected"))), h("p", {}, pick(reason))),
  ];
}

function issued(phone, certificate) {
  const problems = h("div");
  const links = h("div", { class: "stack" });
  const download = () => attempt(problems, async () => {
    const { url, expiresAt } = await get(`/v1/certificates/${certificate.id}/download`, { query: { format: "pdf", redirect: "false" } });
    const link = h("a", { class: "button wide", href: url, target: "_blank", rel: "noopener noreferrer", "data-action": "open" },
      icon("download"), t("cert.open"));
    fill(links, link, h("p", { class: "hint centre" }, t("cert.linkUntil", { time: clock(expiresAt) })));
    emit("step", "download");
    link.click();
  });
  const ended = certificate.standing && certificate.standing !== "valid";
  return [
    ended && notice("warning", "alert", h("strong", { "data-standing": certificate.standing }, said(t(`cert.standing.${certificate.standing}`))),
      h("p", {}, t(`cert.standing.${certificate.standing}Detail`))),
    h("article", { class: "paper" },
      h("h3", {}, pick(certificate.typeName)),
      h("p", { class: "paper-line" }, said(t("cert.issued"))),
      facts([[t("cert.serial"), h("span", { class: "mono" }, certificate.serial)],
        [t("cert.purpose"), pick(certificate.purpose)], [t("cert.issuedAt"), fullDay(certificate.issuedAt)], [t("cert.validUntil"), certificate.validUntil && fullDay(certificate.validUntil)]]),
      h("span", { class: "seal seal-large", "aria-hidden": "true" }, t("cert.sealLarge"))),
    actionButton({ class: "button button-primary wide", "data-action": "download" }, [icon("download"), t("cert.download")], download),
    h("div", { class: "pair" },
      h("button", { type: "button", class: "button", "data-action": "share", onclick: () => shareSheet(phone, certificate) }, icon("family"), t("share.open")),
      h("button", { type: "button", class: "button", "data-action": "my-shares", onclick: () => phone.go("shares") }, icon("eye"), t("share.mine"))),
    problems, links,
    notice("success", "shield", h("p", {}, t("cert.signed"))),
  ];
}
