"""The payment desk's books: an order number is one payment. Each is a line of its own, so that a second would show.

It must not know how a request arrives or what goes wrong on the way.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sandbox.clock import Clock, rfc3339
from sandbox.fund.accounts import Accounts, account_of
from sandbox.fund.wire import Order, Query
from sandbox.origin.routing import Refused
from sandbox.people import People, Person
from sandbox.shelf import Shelf

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """What was ordered, and what was paid."""

    people: People
    accounts: Accounts
    shelf: Shelf
    clock: Clock

    def order(self, asked: Order, raw: bytes, kind: str | None) -> Told:
        """The order as it stands, taken in now or before. `kind`: a fault that refuses or delays a new one."""
        with self.shelf.change():
            standing = self.shelf.get("fund-order", asked.order_number)
            if standing is None:
                standing = self._taken_in(asked, raw, kind)
                self.shelf.put("fund-order", asked.order_number, standing)
            if standing["asked"] != hashlib.sha256(raw).hexdigest():
                raise Refused(409, "number-reused", "this order number was used for something else")
            return _view(standing)

    def query(self, asked: Query) -> Told:
        """What became of an order; one that was only accepted is paid now."""
        with self.shelf.change():
            standing = self.shelf.get("fund-order", asked.order_number)
            if standing is None:
                return {"status": "absent"}
            if standing["status"] == "accepted":
                standing |= self._paid(standing)
                self.shelf.put("fund-order", asked.order_number, standing)
            return _view(standing)

    def orders(self) -> list[Told]:
        """Every order as it stands, oldest first; nobody's name is in it."""
        return [_public(each) for each in self.shelf.every("fund-order")]

    def payments(self) -> list[Told]:
        """Every payment that was made, oldest first."""
        return self.shelf.every("fund-payment")

    def _taken_in(self, asked: Order, raw: bytes, kind: str | None) -> Told:
        order: Told = {
            "orderNumber": asked.order_number,
            "matter": asked.matter,
            "caseId": asked.case_id,
            "amountFen": asked.amount_fen,
            "asked": hashlib.sha256(raw).hexdigest(),
        }
        person = self.people.find_number(asked.subject.id_number)
        if person is None or person.real_name != asked.subject.real_name:
            return order | {"status": "refused", "reason": "person-unknown"}
        order |= {"userId": person.user_id}
        refusal = "out-of-order" if kind == "refusing" else _refusal(person)
        if refusal:
            return order | {"status": "refused", "reason": refusal}
        return order | ({"status": "accepted"} if kind == "accepting" else self._paid(order))

    def _paid(self, order: Told) -> Told:
        person = self.people.find_user(order["userId"])
        if person is None or person.bank is None or not self.accounts.pay_out(person, order["amountFen"]):
            return {"status": "refused", "reason": "balance-short"}
        number = self.shelf.next_number("fund-payment")
        line = {name: order[name] for name in ("orderNumber", "amountFen")} | {"number": number}
        self.shelf.put("fund-payment", str(number), line)
        paid_at = self.clock.now()
        return {
            "status": "paid",
            "bank": person.bank.name,
            "accountMasked": person.bank.account_masked,
            "paidAt": int(paid_at.timestamp()),
            "at": rfc3339(paid_at),
        }


def _refusal(person: Person) -> str | None:
    account = account_of(person)
    if account is None or account.status != "normal":
        return "account-frozen"
    return None if person.bank and person.bank.active else "no-bank-account"


def _public(order: Told) -> Told:
    hidden = {"userId", "asked"}
    return {name: value for name, value in order.items() if name not in hidden}


def _view(standing: Told) -> Told:
    told = ("status", "reason", "amountFen", "bank", "accountMasked", "paidAt")
    return {name: standing[name] for name in told if name in standing}
