/**
 * QR symbols for card codes (ISO/IEC 18004): alphanumeric mode, error-correction level M, versions 1 to 6.
 *
 * Narrow on purpose: a card code is "SC1:" and Base45, whose alphabet IS the alphanumeric alphabet, the space
 * included, so a text must never be trimmed on its way here. The mask is chosen by the caller and not by
 * penalty: the payload is random already, and a steady mask keeps the refreshed code calm to look at.
 * Must not know: what the text means.
 */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Per version at level M: data codewords of each block, and error-correction codewords per block. */
const BLOCKS = {
  1: { data: [16], ec: 10 },
  2: { data: [28], ec: 16 },
  3: { data: [44], ec: 26 },
  4: { data: [32, 32], ec: 18 },
  5: { data: [43, 43], ec: 24 },
  6: { data: [27, 27, 27, 27], ec: 16 },
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

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** @param {string} text @returns {number} bits of mode indicator, character count and characters */
const bitLength = (text) => 4 + 9 + 11 * Math.floor(text.length / 2) + 6 * (text.length % 2);

/** @param {string} text @returns {number} the smallest version that holds the text */
function versionFor(text) {
  const version = Object.keys(BLOCKS).map(Number).find((v) => bitLength(text) <= 8 * sum(BLOCKS[v].data));
  if (!version) throw new RangeError(`${text.length} characters do not fit a version 6-M symbol`);
  return version;
}

/** @param {string} text @returns {number[]} bits of the segment, most significant first */
function segmentBits(text) {
  const bits = [];
  const push = (value, width) => {
    for (let i = width - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  const values = [...text].map((character) => {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError("a character is outside the alphanumeric alphabet");
    return value;
  });
  push(0b0010, 4);
  push(values.length, 9);
  for (let i = 0; i < values.length; i += 2) {
    if (i + 1 < values.length) push(values[i] * 45 + values[i + 1], 11);
    else push(values[i], 6);
  }
  return bits;
}

/** Terminator, padding to a byte, then the pad codewords 236 and 17 in turn. */
function dataCodewords(text, capacity) {
  const bits = segmentBits(text);
  for (let i = 0; i < 4 && bits.length < capacity * 8; i += 1) bits.push(0);
  while (bits.length % 8) bits.push(0);
  const bytes = [];
  for (let i = 0; i < bits.length; i += 8) bytes.push(bits.slice(i, i + 8).reduce((a, b) => a * 2 + b, 0));
  for (let pad = 0; bytes.length < capacity; pad += 1) bytes.push(pad % 2 ? 17 : 236);
  return bytes;
}

/** Multiplication in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> i) & 1) * a;
  }
  return product;
}

/** @returns {number[]} the Reed-Solomon generator of that degree, without its leading 1 */
function generator(degree) {
  let polynomial = [...Array(degree - 1).fill(0), 1];
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    polynomial = polynomial.map((value, j) => multiply(value, root) ^ (polynomial[j + 1] ?? 0));
    root = multiply(root, 2);
  }
  return polynomial;
}

function errorCorrection(data, degree) {
  const divisor = generator(degree);
  let remainder = Array(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ remainder[0];
    remainder = [...remainder.slice(1), 0].map((value, i) => value ^ multiply(divisor[i], factor));
  }
  return remainder;
}

const interleave = (rows) => rows[0].flatMap((_, i) => rows.map((row) => row[i]));

/** @returns {number[]} the codewords of all blocks in the order in which they are placed */
function codewords(text, version) {
  const { data, ec } = BLOCKS[version];
  const bytes = dataCodewords(text, sum(data));
  const blocks = data.map((length, i) => bytes.slice(i * length, (i + 1) * length));
  return [...interleave(blocks), ...interleave(blocks.map((block) => errorCorrection(block, ec)))];
}

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
  if (version > 1) ring(size - 7, size - 7, 2, (d) => d !== 1);
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
 * @param {string} text characters of the alphanumeric alphabet; at most 154
 * @param {{mask?: number}} [options] mask 0 to 7
 * @returns {boolean[][]} rows of modules, true is dark, without the quiet zone
 * @throws {RangeError} a character outside the alphabet, or too many of them
 */
export function qrMatrix(text, { mask = 0 } = {}) {
  const version = versionFor(text);
  const grid = functionPatterns(version);
  placeFormat(grid, mask);
  placeData(grid, codewords(text, version), mask);
  return grid;
}
