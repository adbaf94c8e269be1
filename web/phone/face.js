/**
 * Proving who one is: the form, the scan (the sandbox's two buttons stand for a face), and the server's word.
 * The payment app's page is never believed: `complete` asks the server.
 */

import { post } from "../api.js";
import { emit } from "../bus.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { currentPerson, verified } from "../session.js";
import { clock } from "../time.js";
import { attempt, field, notice, said } from "../ui.js";

/** @type {import("./shell.js").Screen} */
export function faceScreen(phone, { then = "back" }) {
  const stage = h("div", { class: "stack" });
  fill(stage, form(stage, phone, then));
  return { title: t("face.title"), body: stage };
}

function form(stage, phone, then) {
  const person = currentPerson();
  const name = h("input", { class: "input", type: "text", autocomplete: "off", required: true, value: person?.realName ?? "" });
  const number = h("input", {
    class: "input mono", type: "text", autocomplete: "off", required: true, maxlength: 18, spellcheck: "false", value: person?.idNumber ?? "",
  });
  const problems = h("div");
  async function start() {
    const body = { realName: name.value.trim(), idNumber: number.value.trim().toUpperCase(), purpose: "identity" };
    await attempt(problems, async () => {
      const opened = await post("/v1/face-verifications", body);
      fill(stage, scan(stage, phone, then, opened));
      stage.querySelector("button")?.focus({ preventScroll: true });
    });
  }
  const submit = actionButton({ type: "submit", class: "button button-primary wide" }, [icon("face"), t("face.start")], start);
  return h("form", { class: "stack", novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("p", { class: "lead" }, t("face.lead")),
    field(t("face.name"), name),
    field(t("face.number"), number, t("face.numberHint")),
    problems, submit);
}

/** The certification that the gateway's address is about: what `my.startBizService` would be given. */
function certifyIdOf(certifyUrl) {
  const content = new URL(certifyUrl, location.href).searchParams.get("biz_content");
  return JSON.parse(content ?? "{}").certify_id;
}

/** The payment app's own page says that a scan is over, never how it ended. */
function whenScannedThere(certifyId, signal, ask) {
  addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && data?.type === "face-scan-done" && data.certifyId === certifyId) ask();
  }, { signal });
}

function scan(stage, phone, then, { id, certifyUrl }) {
  const problems = h("div");
  const ask = () => attempt(problems, () => complete(stage, phone, then, id, problems));
  whenScannedThere(certifyIdOf(certifyUrl), phone.signal, ask);
  const answer = (passed) => attempt(problems, async () => {
    await post(`/sandbox/payment-app/face/${certifyIdOf(certifyUrl)}`, { passed });
    await complete(stage, phone, then, id, problems);
  });
  return [
    h("div", { class: "scanner" }, h("div", { class: "scanner-ring" }, icon("face"))),
    h("p", { class: "lead centre", role: "status" }, t("face.scanning")),
    h("p", { class: "hint centre" }, t("face.sandbox")),
    problems,
    actionButton({ class: "button button-primary wide" }, t("face.pass"), () => answer(true)),
    actionButton({ class: "button wide" }, t("face.fail"), () => answer(false)),
    h("a", { class: "link centre", href: certifyUrl, target: "_blank", rel: "opener" }, t("face.openPage")),
    actionButton({ class: "button button-quiet wide" }, t("face.check"), ask),
  ];
}

async function complete(stage, phone, then, id, problems) {
  const { status, validUntil } = await post(`/v1/face-verifications/${id}/complete`);
  if (status === "pending") return fill(problems, notice("info", "clock", h("strong", {}, said(t("face.pending")))));
  if (status !== "passed") return fill(stage, failure(stage, phone, then));
  verified(id, validUntil);
  emit("step", "face");
  return fill(stage, success(phone, then, validUntil));
}

function failure(stage, phone, then) {
  return [
    notice("warning", "alert", h("strong", {}, said(t("face.failed"))), h("p", {}, t("face.failedDetail"))),
    h("button", { type: "button", class: "button button-primary wide", onclick: () => fill(stage, form(stage, phone, then)) }, t("face.again")),
  ];
}

function success(phone, then, validUntil) {
  return [
    h("div", { class: "result result-success" }, icon("shield"), h("strong", {}, said(t("face.passed"))),
      h("p", {}, t("face.passedDetail", { time: clock(validUntil) }))),
    h("button", { type: "button", class: "button button-primary wide", onclick: () => (then === "back" ? phone.back() : phone.replace(then)) }, t("common.continue")),
  ];
}
