/**
 * Where a certificate's file is chosen or dropped. It is read on this device and goes nowhere.
 * Must not know: what is made of the file.
 */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";

/** @param {(file: File) => void} take @returns {HTMLElement} */
export function fileDrop(take) {
  const input = h("input", {
    type: "file", accept: "application/pdf,.pdf,.sd-jwt,.jwt,.json,.jws", class: "visually-hidden", "aria-describedby": "file-hint",
    onchange: () => input.files[0] && take(input.files[0]),
  });
  const over = (event, inside) => {
    event.preventDefault();
    drop.classList.toggle("is-over", inside);
  };
  const drop = h("label", {
    class: "drop",
    ondragover: (event) => over(event, true),
    ondragleave: (event) => over(event, false),
    ondrop: (event) => {
      over(event, false);
      if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    },
  }, input, icon("certificate"), h("strong", {}, t("verify.choose")), h("span", { class: "hint", id: "file-hint" }, t("verify.chooseHint")));
  return drop;
}
