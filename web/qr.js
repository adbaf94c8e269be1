/**
 * QR symbols for codes (ISO/IEC 18004): alphanumeric mode, error-correction level M, versions 1 to 12.
 *
 * Narrow on purpose: a code is its prefix and Base45, whose alphabet IS the alphanumeric alphabet, the space
 * included, so a text must never be trimmed on its way here. The mask is chosen by the caller and not by
 * penalty: the payload is random already, and a steady mask keeps the refreshed code calm to look at.
 * Must not know: what the text means.
 */

import { codewords, versionFor } from "./qr-codewords.js";

/** Rows and columns of the alignment patterns' centres, per version. */
const ALIGNMENT = {
  2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42], 9: [6, 26, 46],
  10: [6, 28, 50], 11: [6, 30, 54], 12: [6, 32, 58],
};

const MASKS = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** Finder, timing and alignment patterns; a module that stays null is free for data. */
function functionPatterns(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const ring = (row, col, radius, dark) => {
    for (let r = -radius; r <= radius; r += 1) {
      for (let c = -radius; c <= radius; c += 1) {
        if (grid[row + r]?.[col + c] !== undefined) grid[row + r][col + c] = dark(Math.max(Math.abs(r), Math.abs(c)));
      }
    }
  };
  for (let i = 0; i < size; i += 1) grid[6][i] = grid[i][6] = i % 2 === 0;
  for (const [row, col] of [[3, 3], [3, size - 4], [size - 4, 3]]) ring(row, col, 4, (d) => d !== 2 && d !== 4);
  const centres = ALIGNMENT[version] ?? [];
  const pairs = centres.flatMap((row) => centres.map((col) => [row, col]));
  const besideFinder = ([row, col]) => Math.min(row, col) === 6 && (Math.max(row, col) === 6 || Math.max(row, col) === size - 7);
  for (const [row, col] of pairs.filter((pair) => !besideFinder(pair))) ring(row, col, 2, (d) => d !== 1);
  return grid;
}

/** The 15 format bits (level M is 00) with their BCH code, in both places, and the dark module. */
function placeFormat(grid, mask) {
  const size = grid.length;
  let remainder = mask;
  for (let i = 0; i < 10; i += 1) remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
  const bits = ((mask << 10) | remainder) ^ 0x5412;
  const bit = (i) => ((bits >> i) & 1) === 1;
  const row = [0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8];
  const col = [8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0];
  for (let i = 0; i < 15; i += 1) {
    grid[row[i]][col[i]] = bit(i);
    if (i < 8) grid[8][size - 1 - i] = bit(i);
    else grid[size - 15 + i][8] = bit(i);
  }
  grid[size - 8][8] = true;
}

/** From version 7 on: the version's 18 bits with their BCH code, beside two of the finders. */
function placeVersion(grid, version) {
  if (version < 7) return;
  let remainder = version;
  for (let i = 0; i < 12; i += 1) remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1f25);
  const bits = (version << 12) | remainder;
  for (let i = 0; i < 18; i += 1) {
    const [along, across] = [Math.floor(i / 3), grid.length - 11 + (i % 3)];
    grid[along][across] = grid[across][along] = ((bits >> i) & 1) === 1;
  }
}

/** Two columns at a time from the lower right, up and down in turn, stepping over the timing column. */
function placeData(grid, bytes, mask) {
  const size = grid.length;
  let i = 0;
  for (let pair = 0, right = size - 1; right > 0; right -= 2, pair += 1) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const row = pair % 2 ? step : size - 1 - step;
      for (const col of [right, right - 1]) {
        if (grid[row][col] !== null) continue;
        grid[row][col] = (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1 !== MASKS[mask](row, col);
        i += 1;
      }
    }
  }
}

/**
 * @param {string} text characters of the alphanumeric alphabet; at most 419
 * @param {{mask?: number}} [options] mask 0 to 7
 * @returns {boolean[][]} rows of modules, true is dark, without the quiet zone
 * @throws {RangeError} a character outside the alphabet, or too many of them
 */
export function qrMatrix(text, { mask = 0 } = {}) {
  const version = versionFor(text);
  const grid = functionPatterns(version);
  placeFormat(grid, mask);
  placeVersion(grid, version);
  placeData(grid, codewords(text, version), mask);
  return grid;
}
