/**
 * What an institution learns, by name, as a person reads it.
 * Must not know: any value.
 */

import { hasText, t } from "../i18n.js";

/** Who learns the name learns the masked name with it: it is not said twice. @param {string[]} attributes @returns {string[]} */
export const toldNames = (attributes) => attributes
  .filter((name) => name !== "holder" || !attributes.includes("realName"))
  .map((name) => (hasText(`told.${name}`) ? t(`told.${name}`) : name));
