/**
 * The phone: its bar, the stack of screens, and the sheets that rise from its lower edge.
 * A screen is `(phone, params) => {title, body, root?}`; its timers end with `phone.signal`.
 * Must not know: what any screen does.
 */

import { on } from "../bus.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";

/**
 * @typedef {{name: string, params: Record<string, any>}} Place
 * @typedef {{title: string, body: any, root?: boolean}} View
 * @typedef {(phone: Phone, params: Record<string, any>) => View} Screen
 */

export class Phone {
  /** @param {HTMLElement} place @param {Record<string, Screen>} screens @param {() => any} corner what stands at the bar's end */
  constructor(place, screens, corner) {
    this.screens = screens;
    this.corner = corner;
    /** @type {Place[]} */
    this.stack = [];
    this.life = new AbortController();
    this.ownReturns = 0;
    this.bar = h("div", { class: "phone-bar" });
    this.view = h("div", { class: "phone-view", tabindex: "-1" });
    this.overlay = h("div", { class: "phone-overlay", hidden: true });
    fill(place, this.bar, this.view, this.overlay);
    on("language", () => this.show());
    addEventListener("popstate", () => this.returned());
  }

  /** Ends when the screen is left or drawn again. */
  get signal() {
    return this.life.signal;
  }

  /** @param {string} name @param {Record<string, any>} [params] */
  go(name, params = {}) {
    this.stack.push({ name, params });
    if (this.stack.length > 1) history.pushState(null, "");
    this.show(true);
  }

  /** Replaces the screen, so that "back" does not return to a step that is over. */
  replace(name, params = {}) {
    this.stack.splice(-1, 1, { name, params });
    this.show(true);
  }

  /** Forgets the way here. */
  reset(name, params = {}) {
    this.stack = [];
    this.go(name, params);
  }

  back() {
    if (this.stack.length < 2) return;
    this.ownReturns += 1;
    history.back();
    this.stack.pop();
    this.show(true);
  }

  /** The device's own way back: out of the sheet, else out of the screen; the page's own return is done already. */
  returned() {
    if (this.ownReturns > 0) {
      this.ownReturns -= 1;
    } else if (!this.overlay.hidden) {
      history.pushState(null, "");
      this.closeSheet();
    } else if (this.stack.length > 1) {
      this.stack.pop();
      this.show(true);
    }
  }

  /** Draws the screen on top. @param {boolean} [moveFocus] after a step by the person, not on a redraw */
  show(moveFocus = false) {
    const place = this.stack.at(-1);
    if (!place) return;
    this.life.abort();
    this.life = new AbortController();
    this.closeSheet();
    const { title, body, root } = this.screens[place.name](this, place.params);
    const heading = h("h2", { class: "phone-title", tabindex: "-1" }, title);
    const canGoBack = !root && this.stack.length > 1;
    fill(this.bar, canGoBack ? this.backButton() : h("span", { class: "bar-gap" }), heading, this.corner());
    fill(this.view, h("div", { class: "screen", "data-screen": place.name }, body));
    this.view.scrollTop = 0;
    if (moveFocus) heading.focus({ preventScroll: true });
  }

  backButton() {
    return h("button", { type: "button", class: "icon-button", "aria-label": t("common.back"), onclick: () => this.back() }, icon("back"));
  }

  /**
   * @param {string} title
   * @param {any} content
   * @returns {HTMLElement} the sheet, which Escape, the backdrop and its own button close
   */
  openSheet(title, content) {
    this.closeSheet();
    const heading = h("h2", { id: "sheet-title", tabindex: "-1" }, title);
    const close = h("button", { type: "button", class: "icon-button", "aria-label": t("common.close"), onclick: () => this.closeSheet() }, icon("cross"));
    const sheet = h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": "sheet-title" },
      h("div", { class: "sheet-head" }, heading, close), content);
    this.returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
    fill(this.overlay, h("div", { class: "backdrop", onclick: () => this.closeSheet() }), sheet);
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closeSheet();
    });
    this.overlay.hidden = false;
    this.view.inert = this.bar.inert = true;
    heading.focus({ preventScroll: true });
    return sheet;
  }

  closeSheet() {
    if (this.overlay.hidden) return;
    this.overlay.hidden = true;
    this.overlay.replaceChildren();
    this.view.inert = this.bar.inert = false;
    const back = this.returnTo?.isConnected ? this.returnTo : this.view; // what was pressed may be gone with what it did
    back.focus({ preventScroll: true });
  }
}
