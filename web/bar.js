/**
 * The bar above a page: the brand, the switch of languages, light or dark.
 * Must not know: which page it stands on.
 */

import { on } from "./bus.js";
import { fill, h } from "./dom.js";
import { language, setLanguage, t } from "./i18n.js";
import { icon, mark } from "./icons.js";
import { followDevice, theme, toggleTheme } from "./theme.js";

/** @param {HTMLElement} place */
export function startBar(place) {
  const speak = (code, label) => h("button", { type: "button", lang: code === "zh" ? "zh-CN" : "en", "aria-pressed": String(language() === code), onclick: () => setLanguage(code) }, label);
  function draw() {
    const dark = theme() === "dark";
    fill(place,
      h("div", { class: "brand" }, mark(), h("div", {}, h("h1", {}, t("brand.name")), h("p", {}, t("brand.slogan")))),
      h("div", { class: "bar-tools" },
        h("div", { class: "segments", role: "group", "aria-label": t("bar.language") }, speak("zh", "中文"), speak("en", "EN")),
        h("button", { type: "button", class: "icon-button", "aria-label": t(dark ? "bar.light" : "bar.dark"), onclick: () => toggleTheme(draw) }, icon(dark ? "sun" : "moon"))));
  }
  draw();
  on("language", draw);
  followDevice(draw);
}
