/**
 * The payment app's cash register as a sheet: an order is made, then `my.tradePay`, for which the sandbox stands.
 * That the sandbox says "paid" proves nothing: whoever opened the sheet asks the API.
 */

import { newKey, post } from "../api.js";
import { actionButton, fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { yuan } from "../time.js";
import { attempt, facts, region } from "../ui.js";

/** @param {import("./shell.js").Phone} phone @param {any} appointment @param {() => void} afterwards */
export function openCashier(phone, appointment, afterwards) {
  const key = newKey();
  const ask = () => post(`/v1/appointments/${appointment.id}/payment`, {}, { key, signal: phone.signal });
  const sheet = h("div", { class: "cashier" });
  fill(sheet, region(ask, ({ order }) => till(phone, order, afterwards), { rows: 3, signal: phone.signal }));
  phone.openSheet(t("cashier.title"), sheet);
}

function till(phone, order, afterwards) {
  const problems = h("div");
  const pay = () => attempt(problems, async () => {
    await post(`/sandbox/payment-app/trades/${order.tradeNo}/pay`);
    phone.closeSheet();
    afterwards();
  });
  return [
    h("p", { class: "amount" }, yuan(order.totalFen)),
    facts([[t("cashier.for"), t("cashier.registration")], [t("cashier.method"), h("span", {}, icon("wallet"), t("cashier.balance"))],
      [t("cashier.order"), h("span", { class: "mono small" }, order.outTradeNo)]]),
    problems,
    actionButton({ class: "button button-primary wide", "data-action": "pay" }, t("cashier.pay", { price: yuan(order.totalFen) }), pay),
    h("p", { class: "hint centre" }, t("cashier.sandbox")),
  ];
}
