/**
 * The codewords of a QR symbol (ISO/IEC 18004): alphanumeric mode, error-correction level M, versions 1 to 12.
 * Must not know: where in the symbol they are placed.
 */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Per version at level M: data codewords of each block, the shorter blocks first, and error-correction codewords. */
const BLOCKS = {
  1: { data: [16], ec: 10 },
  2: { data: [28], ec: 16 },
  3: { data: [44], ec: 26 },
  4: { data: [32, 32], ec: 18 },
  5: { data: [43, 43], ec: 24 },
  6: { data: [27, 27, 27, 27], ec: 16 },
  7: { data: [31, 31, 31, 31], ec: 18 },
  8: { data: [38, 38, 39, 39], ec: 22 },
  9: { data: [36, 36, 36, 37, 37], ec: 22 },
  10: { data: [43, 43, 43, 43, 44], ec: 26 },
  11: { data: [50, 51, 51, 51, 51], ec: 30 },
  12: { data: [36, 36, 36, 36, 36, 36, 37, 37], ec: 22 },
};

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** @param {number} version @returns {number} bits of the character count */
const countBits = (version) => (version < 10 ? 9 : 11);

/** @returns {number} bits of mode indicator, character count and characters */
const bitLength = (text, version) => 4 + countBits(version) + 11 * Math.floor(text.length / 2) + 6 * (text.length % 2);

/**
 * @param {string} text
 * @returns {number} the smallest version that holds the text
 * @throws {RangeError} too many characters
 */
export function versionFor(text) {
  const version = Object.keys(BLOCKS).map(Number).find((v) => bitLength(text, v) <= 8 * sum(BLOCKS[v].data));
  if (!version) throw new RangeError(`${text.length} characters do not fit a version 12-M symbol`);
  return version;
}

/** @returns {number[]} bits of the segment, most significant first */
function segmentBits(text, version) {
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
  push(values.length, countBits(version));
  for (let i = 0; i < values.length; i += 2) {
    if (i + 1 < values.length) push(values[i] * 45 + values[i + 1], 11);
    else push(values[i], 6);
  }
  return bits;
}

/** Terminator, padding to a byte, then the pad codewords 236 and 17 in turn. */
function dataCodewords(text, version) {
  const capacity = sum(BLOCKS[version].data);
  const bits = segmentBits(text, version);
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

/** One of each block in turn; the longer blocks, which are the last, give their last one at the end. */
const interleave = (rows) => rows[rows.length - 1].flatMap((_, i) => rows.filter((row) => i < row.length).map((row) => row[i]));

/**
 * @param {string} text
 * @param {number} version one that holds the text
 * @returns {number[]} the codewords of all blocks in the order in which they are placed
 * @throws {RangeError} a character outside the alphabet
 */
export function codewords(text, version) {
  const { data, ec } = BLOCKS[version];
  const bytes = dataCodewords(text, version);
  const starts = data.map((_, i) => sum(data.slice(0, i)));
  const blocks = data.map((length, i) => bytes.slice(starts[i], starts[i] + length));
  return [...interleave(blocks), ...interleave(blocks.map((block) => errorCorrection(block, ec)))];
}
