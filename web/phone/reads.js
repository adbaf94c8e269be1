/**
 * Who read my data: every fact, card and certificate that anybody read, and the looks at this very log.
 * What was read is not kept anywhere, so it cannot be shown. Speaks the Data Tracker's contract (`/v2/findUsage`).
 */

import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { clockSeconds, day } from "../time.js";
import { badge, emptyState, more, problemNotice, region } from "../ui.js";

const PAGE = 20;
const KINDS = { fact: ["info", "search"], card: ["neutral", "code"], certificate: ["success", "certificate"], "usage-log": ["neutral", "eye"] };
const DAYS = [30, 365, 0];
const DAY_MS = 86_400_000;

/** @type {import("./shell.js").Screen} */
export function readsScreen(phone, { mandateId, holder }) {
  const signal = phone.signal;
  let days = DAYS[0];
  const since = () => (days ? new Date(Date.now() - days * DAY_MS).toISOString() : null);
  const ask = (offset) => get("/v2/findUsage", { query: { userCode: mandateId, periodStart: since(), offset, limit: PAGE }, signal });
  const list = h("div");
  const load = () => fill(list, region(() => ask(0), (first) => pages(phone, first, ask), { signal }));
  const choice = h("select", { class: "input", "aria-label": t("reads.period"), onchange: () => { days = Number(choice.value); load(); } },
    DAYS.map((each) => h("option", { value: each }, t(`reads.days.${each}`))));
  load();
  return {
    title: t("reads.title"),
    body: h("div", { class: "stack" },
      h("p", { class: "hint" }, mandateId ? t("reads.familyLead", { holder }) : t("reads.lead")),
      choice, list,
      h("button", { type: "button", class: "button button-quiet wide", "data-action": "card-uses", onclick: () => phone.go("usages", { mandateId, holder }) },
        icon("code"), t("reads.cardOnly"))),
  };
}

/** An entry that came in meanwhile moves the others on by one: what is there already is not shown twice. */
function pages(phone, first, ask) {
  if (!first.usages.length) return emptyState("eye", t("reads.none"), t("reads.noneDetail"));
  const list = h("ul", { class: "usages", "aria-label": t("reads.title") });
  const foot = h("div");
  const shown = new Set();
  let seen = 0;
  function add(page) {
    seen += page.usages.length;
    list.append(...page.usages.filter(({ id }) => !shown.has(id)).map(entry));
    for (const { id } of page.usages) shown.add(id);
    fill(foot, seen < page.totalUsages && page.usages.length > 0 && more(next));
  }
  async function next() {
    try {
      add(await ask(seen));
    } catch (error) {
      if (!phone.signal.aborted) fill(foot, problemNotice(error, next));
    }
  }
  add(first);
  return [h("p", { class: "hint", role: "status" }, t("reads.count", { n: first.totalUsages })), list, foot];
}

function entry(usage) {
  const [tone, drawn] = KINDS[usage.kind] ?? KINDS.fact;
  return h("li", { class: "usage read", "data-kind": usage.kind, "data-source": usage.sourceCode },
    h("div", { class: "usage-head" }, h("strong", {}, pick({ zh: usage.action, en: usage.actionEn })),
      h("time", { datetime: usage.logtime }, `${day(usage.logtime)} ${clockSeconds(usage.logtime)}`)),
    h("p", { class: "usage-told" }, h("span", {}, t("reads.by")), usage.receiverCode === "self" ? t("reads.self") : usage.receiverName),
    h("div", { class: "tags" }, badge(/** @type {any} */ (tone), t(`reads.kind.${usage.kind}`), drawn)),
    h("p", { class: "hint mono small read-ids" }, [usage.receiverSystem, usage.caseId].join(" · ")));
}
