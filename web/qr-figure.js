/**
 * Draws a QR matrix as one crisp shape with its quiet zone, dark on white in every theme.
 * Must not know: how a symbol is encoded, what it says.
 */

import { drawing } from "./dom.js";
import { qrMatrix } from "./qr.js";

const QUIET = 4;

/** @param {string} text @param {string} label what a screen reader says instead @returns {Element} */
export function qrFigure(text, label) {
  const matrix = qrMatrix(text);
  const size = matrix.length + 2 * QUIET;
  const shape = matrix.flatMap((row, r) => row.map((dark, c) => (dark ? `M${c + QUIET} ${r + QUIET}h1v1h-1z` : ""))).join("");
  const figure = drawing(`
    <svg class="qr" viewBox="0 0 ${size} ${size}" role="img" shape-rendering="crispEdges">
      <rect width="${size}" height="${size}" fill="#fff"/><path d="${shape}" fill="#0b1a20"/>
    </svg>`);
  figure.setAttribute("aria-label", label);
  return figure;
}
