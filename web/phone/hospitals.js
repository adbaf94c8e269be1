/**
 * The directory: hospitals by name or district, then a hospital's departments.
 */

import { get } from "../api.js";
import { emit } from "../bus.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { badge, emptyState, more, problemNotice, region, searchBox } from "../ui.js";

const PAGE = 20;

/** @type {import("./shell.js").Screen} */
export function hospitalsScreen(phone) {
  const results = h("div");
  let asked = new AbortController();
  function search(q) {
    asked.abort();
    asked = new AbortController();
    const signal = AbortSignal.any([asked.signal, phone.signal]);
    fill(results, region(() => get("/v1/hospitals", { query: { q, limit: PAGE }, signal }), (page) => pages(phone, page, q, signal), { rows: 6, signal }));
  }
  search("");
  return { title: t("hospitals.title"), body: [searchBox(t("hospitals.search"), search), results] };
}

function pages(phone, first, q, signal) {
  if (!first.items.length) return emptyState("hospital", t("hospitals.none"), t("hospitals.noneDetail"));
  const list = h("ul", { class: "rows" });
  const foot = h("div");
  function add(page) {
    list.append(...page.items.map((hospital) => h("li", {}, hospitalRow(phone, hospital))));
    fill(foot, page.cursor && more(() => next(page.cursor)));
  }
  async function next(cursor) {
    try {
      add(await get("/v1/hospitals", { query: { q, limit: PAGE, cursor }, signal }));
    } catch (error) {
      if (!signal.aborted) fill(foot, problemNotice(error, () => next(cursor)));
    }
  }
  add(first);
  return [list, foot];
}

function hospitalRow(phone, hospital) {
  const choose = () => {
    emit("hospital", hospital);
    phone.go("departments", { hospital });
  };
  return h("button", { type: "button", class: "row", onclick: choose },
    h("span", { class: "row-text" },
      h("strong", {}, hospital.name),
      h("span", { class: "row-detail" }, hospital.address ?? ""),
      h("span", { class: "tags" }, hospital.grade && badge("info", hospital.grade), hospital.district && badge("neutral", hospital.district))),
    icon("next"));
}

/** @type {import("./shell.js").Screen} */
export function departmentsScreen(phone, { hospital }) {
  const ask = () => get(`/v1/hospitals/${hospital.id}/departments`, { signal: phone.signal });
  const tile = (department) => h("li", {}, h("button", {
    type: "button", class: "tile", onclick: () => phone.go("slots", { hospital, department }),
  }, department.name));
  const show = ({ items }) =>
    (items.length ? h("ul", { class: "tiles" }, items.map(tile)) : emptyState("hospital", t("departments.none")));
  return {
    title: t("departments.title"),
    body: [
      h("div", { class: "place" }, h("strong", {}, hospital.name), h("span", {}, hospital.address ?? "")),
      region(ask, show, { signal: phone.signal }),
    ],
  };
}
