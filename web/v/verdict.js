/**
 * What is to be thought of a paper: decided from what the service says, the paper's code, and a file's digest.
 * Must not know: the document, the network.
 */

/**
 * @typedef {"valid" | "suspended" | "revoked" | "expired" | "not-yet"} Status
 * @typedef {"genuine" | "suspended" | "revoked" | "expired" | "not-yet" | "altered" | "unproven" | "unknown"} Verdict
 * @typedef {{zh: string, en: string}} Label
 * @typedef {{id: string, status: Status, at: string, since: string, reason: Label & {code: string} | null, type: string,
 *   typeName: Label, serial: string, identifier: string | null, issuer: Label, issuedAt: string, validUntil: string,
 *   contentDigest: string | null, digests: Record<string, string>, statusList: {uri: string, index: number} | null}} Genuine
 *   the service's answer
 */

/**
 * A file decides before the code does: it was compared whole. What does not hold is said before what nobody checked.
 * @param {Genuine | null} known null where nothing was issued under this id
 * @param {string} code what stands behind `#`; "" where nothing does
 * @param {string | null} fileDigest SHA-256 (hex) of the file that was handed over
 * @returns {Verdict}
 */
export function judge(known, code, fileDigest) {
  if (!known) return "unknown";
  const holds = known.status === "valid";
  if (fileDigest === null && code === "") return holds ? "unproven" : standing(known);
  const same = fileDigest === null ? code === known.contentDigest : formOf(known, fileDigest) !== null;
  return same ? standing(known) : "altered";
}

/** @param {Genuine} known @returns {Verdict} */
const standing = (known) => (known.status === "valid" ? "genuine" : known.status);

/** Which of the certificate's forms a file is. @param {Genuine} known @param {string} digest @returns {string | null} */
export const formOf = (known, digest) => Object.keys(known.digests).find((form) => known.digests[form] === digest) ?? null;

/** @param {ArrayBuffer} bytes @returns {Promise<string>} SHA-256 in hex */
export async function digestOf(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
