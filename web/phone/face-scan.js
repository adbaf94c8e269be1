/**
 * Scanning a face: the form, the scan (the sandbox's two buttons stand for a face), and the server's word.
 * The payment app's page is never believed: `complete` asks the server.
 * Must not know: whose face it is, what it serves.
 */

import { post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { attempt, field, notice, said } from "../ui.js";

/**
 * @typedef {{realName: string, idNumber: string}} Named
 * @typedef {{purpose: string, lead: string, person: Named | null, hint?: string,
 *   passed: (verificationId: string, validUntil: string) => any}} Wish what the scan is for, and what comes next
 */

/** Name and number first, because nobody knows yet who will be scanned. @param {HTMLElement} stage @param {Wish} wish */
export function faceForm(phone, stage, wish) {
  const name = h("input", { class: "input", type: "text", autocomplete: "off", required: true, value: wish.person?.realName ?? "" });
  const number = h("input", {
    class: "input mono", type: "text", autocomplete: "off", required: true, maxlength: 18, spellcheck: "false", value: wish.person?.idNumber ?? "",
  });
  const problems = h("div");
  const start = () => attempt(problems, () =>
    openScan(phone, stage, { ...wish, person: { realName: name.value.trim(), idNumber: number.value.trim().toUpperCase() } }));
  const submit = actionButton({ type: "submit", class: "button button-primary wide" }, [icon("face"), t("face.start")], start);
  return h("form", { class: "stack", novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("p", { class: "lead" }, wish.lead),
    field(t("face.name"), name),
    field(t("face.number"), number, wish.hint ?? t("face.numberHint")),
    problems, submit);
}

/** Who will be scanned is known: to the camera. @param {HTMLElement} stage @param {Wish & {person: Named}} wish */
export async function openScan(phone, stage, wish) {
  const { realName, idNumber } = wish.person;
  const opened = await post("/v1/face-verifications", { realName, idNumber, purpose: wish.purpose });
  fill(stage, scan(phone, stage, wish, opened));
  stage.querySelector("button")?.focus({ preventScroll: true });
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

function scan(phone, stage, wish, { id, certifyUrl }) {
  const problems = h("div");
  const ask = () => attempt(problems, () => complete(phone, stage, wish, id, problems));
  whenScannedThere(certifyIdOf(certifyUrl), phone.signal, ask);
  const answer = (passed) => attempt(problems, async () => {
    await post(`/sandbox/payment-app/face/${certifyIdOf(certifyUrl)}`, { passed });
    await complete(phone, stage, wish, id, problems);
  });
  return [
    h("div", { class: "scanner" }, h("div", { class: "scanner-ring" }, icon("face"))),
    h("p", { class: "lead centre", role: "status" }, t("face.scanning", { name: wish.person?.realName ?? "" })),
    h("p", { class: "hint centre" }, t("face.sandbox")),
    problems,
    actionButton({ class: "button button-primary wide" }, t("face.pass"), () => answer(true)),
    actionButton({ class: "button wide" }, t("face.fail"), () => answer(false)),
    h("a", { class: "link centre", href: certifyUrl, target: "_blank", rel: "opener" }, t("face.openPage")),
    actionButton({ class: "button button-quiet wide" }, t("face.check"), ask),
  ];
}

async function complete(phone, stage, wish, id, problems) {
  const result = await post(`/v1/face-verifications/${id}/complete`);
  if (result.status === "pending") return fill(problems, notice("info", "clock", h("strong", {}, said(t("face.pending")))));
  if (result.status !== "passed") return fill(stage, failure(phone, stage, wish, result));
  return wish.passed(id, result.validUntil);
}

const failure = (phone, stage, wish, { reasonText, attemptsLeft }) => [
  notice("warning", "alert", h("strong", {}, said(t("face.failed"))),
    reasonText && h("p", { class: "face-reason" }, pick(reasonText)),
    h("p", {}, t("face.failedDetail")),
    h("p", { class: "hint" }, t("face.attempts", { n: attemptsLeft }))),
  h("button", { type: "button", class: "button button-primary wide", onclick: () => fill(stage, faceForm(phone, stage, wish)) }, t("face.again")),
];
