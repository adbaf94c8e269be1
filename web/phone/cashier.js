/**
 * The payment app's cash register as a sheet: an order is made, then `my.tradePay`, for which the sandbox stands.
 * That the sandbox says "paid" proves nothing: whoever opened the sheet asks the API.
 */

import { newKey, post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { pick, t } from "../i18n.js";
import { icon } from "../icons.js";
import { yuan } from "../time.js";
import { attempt, facts, notice, region } from "../ui.js";

const LEGS = ["gov", "acct", "other", "cash"];
const OPEN = ["created", "unknown", "paying"];

/**
 * @param {import("./shell.js").Phone} phone @param {any} bought an appointment, or what `path` names
 * @param {() => void} afterwards
 * @param {object} [wishes] what is said of the payment; `useInsurance`: the medical insurance is to bear its share
 * @param {string} [path] whose payment it is
 */
export function openCashier(phone, bought, afterwards, wishes = {}, path = "/v1/appointments") {
  const key = newKey();
  const ask = () => post(`${path}/${bought.id}/payment`, wishes, { key, signal: phone.signal });
  const sheet = h("div", { class: "cashier" });
  const opened = ({ order }) => (order ? till(phone, order, afterwards) : booked(phone, afterwards));
  fill(sheet, region(ask, opened, { rows: 3, signal: phone.signal }));
  phone.openSheet(t("cashier.title"), sheet);
}

/** There was nothing to pay. */
function booked(phone, afterwards) {
  phone.closeSheet();
  afterwards();
  return [];
}

function till(phone, order, afterwards) {
  const problems = h("div");
  const due = OPEN.includes(order.status) && order.tradeNo;
  const { legs = { cash: order.totalFen }, insurance = {} } = order; // a prepayment is all cash
  const pay = () => attempt(problems, async () => {
    if (due) await post(`/sandbox/payment-app/trades/${order.tradeNo}/pay`);
    phone.closeSheet();
    afterwards();
  });
  return [
    h("p", { class: "amount" }, yuan(order.totalFen)),
    insurance.note && notice("warning", "alert", h("p", {}, pick(insurance.note))),
    legs.cash < order.totalFen && facts(LEGS.filter((leg) => legs[leg] > 0).map((leg) => [t(`cashier.leg.${leg}`), h("span", { class: "price", "data-leg": leg }, yuan(legs[leg]))])),
    facts([[t("cashier.for"), t("cashier.registration")], [t("cashier.method"), h("span", {}, icon("wallet"), t("cashier.balance"))],
      [t("cashier.order"), h("span", { class: "mono small" }, order.outTradeNo)]]),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "pay" }, due ? t("cashier.pay", { price: yuan(legs.cash) }) : t("cashier.done"), pay),
    h("p", { class: "hint centre" }, t("cashier.sandbox")),
  ];
}
