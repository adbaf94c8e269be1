/**
 * What is to be thought of a paper: decided from what the service says, the paper's code, and a file's digest.
 * Must not know: the document, the network.
 */

/**
 * @typedef {"genuine" | "expired" | "altered" | "unproven" | "unknown"} Verdict
 * @typedef {{zh: string, en: string}} Label
 * @typedef {{id: string, status: "valid" | "expired", type: string, typeName: Label, serial: string, issuer: Label,
 *   issuedAt: string, validUntil: string, contentDigest: string, sha256: string}} Genuine the service's answer
 */

/**
 * A file decides before the code does: it was compared whole.
 * @param {Genuine | null} known null where nothing was issued under this id
 * @param {string} code what stands behind `#`; "" where nothing does
 * @param {string | null} fileDigest SHA-256 (hex) of the file that was handed over
 * @returns {Verdict}
 */
export function judge(known, code, fileDigest) {
  if (!known) return "unknown";
  const [told, recorded] = fileDigest === null ? [code, known.contentDigest] : [fileDigest, known.sha256];
  if (told === "") return "unproven";
  if (told !== recorded) return "altered";
  return known.status === "valid" ? "genuine" : "expired";
}

/** @param {ArrayBuffer} bytes @returns {Promise<string>} SHA-256 in hex */
export async function digestOf(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
