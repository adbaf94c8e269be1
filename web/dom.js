/**
 * The few lines between us and the document: elements, icons, focus, and asynchronous regions.
 * Must not know: the API, the languages' texts, any screen.
 */

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `onclick` and the like are listeners, `style` an object of
 *   custom or ordinary properties, `true` an empty attribute; null and false leave the attribute out
 * @param {...Child} children
 * @returns {any} the element
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, String(v));
    else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

/** @param {any[]} children @returns {(Node | string)[]} */
function flat(children) {
  return children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false)
    .map((c) => (c instanceof Node ? c : String(c)));
}

/** @param {Element} element @param {...Child} children */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** Parses constant markup of our own (icons, drawings); never text from outside. */
export function drawing(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup.trim();
  return template.content.firstElementChild;
}

/** Two animation frames, so that a screen reader notices the region before its text changes. */
const settle = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

/** Says a result through the page's one polite live region. @param {string} text */
export async function announce(text) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  await settle();
  region.textContent = text;
}

/** A button that is busy while its action runs, so that a second press cannot start it twice. */
export function actionButton(props, label, action) {
  const button = h("button", { type: "button", ...props, onclick: press }, label);
  async function press() {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    try {
      await action(button);
    } finally {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
    }
  }
  return button;
}

/** Grey bars in the place of what is loading. @param {number} rows @param {string} label */
export function skeleton(rows, label) {
  const bars = Array.from({ length: rows }, () => h("span", { class: "skeleton-bar" }));
  return h("div", { class: "skeleton", role: "status" }, h("span", { class: "visually-hidden" }, label), bars);
}
