/**
 * Light or dark: as the device says until the person says otherwise, which is remembered.
 * Must not know: any colour.
 */

const KEY = "zerotrip.theme";
const device = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark"} */
export function theme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return device.matches ? "dark" : "light";
}

export function applyTheme() {
  document.documentElement.dataset.theme = theme();
}

/** @param {() => void} changed */
export function toggleTheme(changed) {
  localStorage.setItem(KEY, theme() === "dark" ? "light" : "dark");
  applyTheme();
  changed();
}

/** @param {() => void} changed called when the device changes its mind */
export const followDevice = (changed) => device.addEventListener("change", () => { applyTheme(); changed(); });
