/**
 * The money of a registration: what was paid, out of which purse, and what of it went back.
 * Must not know: how it is paid or returned.
 */

import { h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { yuan } from "../time.js";
import { badge, facts, notice } from "../ui.js";

const LEGS = ["gov", "acct", "other", "cash"];
const TONES = {
  paid: "success", late_paid: "info", refunding: "info", refunded: "success", partially_refunded: "info", refund_stuck: "warning", unknown: "warning",
};

/** @typedef {{orderId: string, status: string, totalFen: number, refundedFen: number, legs: Record<string, number>, insurance: any}} Payment */

/** The purses that bear something. @param {Payment} payment @returns {[string, any][]} */
export const legsOf = ({ legs }) => LEGS.filter((leg) => legs[leg] > 0).map((leg) => [t(`cashier.leg.${leg}`), yuan(legs[leg])]);

/** @param {Payment | null} payment */
export function money(payment) {
  if (!payment) return null;
  const { status, totalFen, refundedFen, orderId } = payment;
  return h("section", { class: "money", "aria-label": t("money.title"), "data-payment": status },
    h("h3", { class: "section-title" }, t("money.title")),
    facts([
      [t("apt.fee"), h("span", {}, badge(/** @type {any} */ (TONES[status] ?? "neutral"), t(`money.status.${status}`)), " ", h("span", { class: "price" }, yuan(totalFen)))],
      ...legsOf(payment),
      [t("money.back"), refundedFen > 0 && (refundedFen < totalFen ? t("money.partly", { back: yuan(refundedFen), of: yuan(totalFen) }) : yuan(refundedFen))],
      [t("cashier.order"), h("span", { class: "mono small" }, orderId)],
    ]),
    payment.insurance.note && notice("info", "shield", h("p", {}, pick(payment.insurance.note))),
    status === "refund_stuck" && h("p", { class: "hint" }, t("money.stuck")));
}
