"""The insurer's books: pre-settlements, settlements, reversals, personal accounts. Each number has one effect.

It must not know how a request arrives or what goes wrong on the way.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sandbox.bureau.cards import PhysicalCards
from sandbox.clock import Clock, rfc3339
from sandbox.insurer.plans import Plan, Split, plan_of, split
from sandbox.insurer.wire import PreSettlement, Query, Reversal, Settlement
from sandbox.origin.routing import Refused
from sandbox.people import People, Person
from sandbox.shelf import Shelf

QUOTE_LIFE = timedelta(minutes=30)
_LEGS = ("gov", "acct", "other")

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """What is kept about who bore what."""

    people: People
    cards: PhysicalCards
    shelf: Shelf
    clock: Clock

    def presettle(self, asked: PreSettlement, raw: bytes, kind: str | None) -> Told:
        """A split that can be settled for half an hour, or why there is none. `kind`: a fault that bends it."""
        with self.shelf.change():
            return self._once("insurer-quote", asked.request_id, raw, lambda: self._quote(asked, kind))

    def settle(self, asked: Settlement, kind: str | None) -> Told:
        """The settlement, made now or before; a refusal under this number is for good."""
        with self.shelf.change():
            standing = self.shelf.get("insurer-settlement", asked.request_id)
            if standing is None:
                standing = self._settlement(asked, kind)
                self.shelf.put("insurer-settlement", asked.request_id, standing)
            return self._view(standing)

    def query(self, asked: Query) -> Told:
        """What became of a settlement."""
        standing = self.shelf.get("insurer-settlement", asked.settlement_id)
        return self._view(standing) if standing else {"status": "absent"}

    def reverse(self, asked: Reversal, raw: bytes) -> Told:
        """The reversal, made now or before."""
        with self.shelf.change():
            return self._once("insurer-reversal", asked.request_id, raw, lambda: self._reversal(asked))

    def settlements(self) -> list[Told]:
        """Every settlement as it stands, oldest first; nobody's name is in it."""
        hidden = {"userId"}
        found = self.shelf.every("insurer-settlement")
        return [{name: value for name, value in each.items() if name not in hidden} for each in found]

    def balance(self, person: Person, plan: Plan) -> int:
        """The personal account, in fen."""
        kept = self.shelf.get("insurer-account", person.user_id)
        return int(kept["balanceFen"]) if kept else plan.first_balance_fen

    def _once(self, kind: str, number: str, raw: bytes, make: Callable[[], Told]) -> Told:
        digest = hashlib.sha256(raw).hexdigest()
        kept = self.shelf.get(kind, number)
        if kept is None:
            kept = {"number": number, "asked": digest, "answer": make()}
            self.shelf.put(kind, number, kept)
        if kept["asked"] != digest:
            raise Refused(409, "number-reused", "this request number was used for something else")
        answer: Told = kept["answer"]
        return answer

    def _quote(self, asked: PreSettlement, kind: str | None) -> Told:
        person = next((each for each in self.people.everybody if each.card_number == asked.card_number), None)
        plan = plan_of(person) if person else None
        card = self.cards.of(person) if person else None
        if person is None or plan is None or card is None:
            return {"status": "refused", "reason": "not-insured"}
        if card.status != "active" or self.cards.deceased(person):
            return {"status": "refused", "reason": "card-not-usable"}
        if kind == "refusing":
            return {"status": "refused", "reason": "out-of-order"}
        legs = _bent(split(plan, asked.region, asked.total_fen, self.balance(person, plan)), kind)
        until = max(self.clock.now() + QUOTE_LIFE, asked.pay_by + QUOTE_LIFE / 2)
        quote = {"legs": legs, "validUntil": int(until.timestamp()), "totalFen": asked.total_fen}
        digest = hashlib.sha256(json.dumps(quote, sort_keys=True).encode()).hexdigest()
        number = f"{self.shelf.next_number('insurer-quote'):012d}"
        told = {"status": "quoted", "quoteId": f"yjs{number}", "digest": digest, "legs": legs}
        whose = {"userId": person.user_id, "institutionId": asked.institution_id}
        self.shelf.put("insurer-split", f"yjs{number}", told | quote | whose)
        return told | {"validUntil": quote["validUntil"]}

    def _settlement(self, asked: Settlement, kind: str | None) -> Told:
        quote = self.shelf.get("insurer-split", asked.quote_id)
        standing = {"settlementId": asked.request_id, "at": rfc3339(self.clock.now()), "reversed": _nothing()}
        if quote is None or quote["digest"] != asked.digest:
            return standing | {"status": "refused", "reason": "quote-unknown"}
        if self.clock.now().timestamp() >= quote["validUntil"]:
            return standing | {"status": "refused", "reason": "quote-expired"}
        if kind == "settlement-refusing" or not self._debit(quote["userId"], quote["legs"]["acct"]):
            return standing | {"status": "refused", "reason": "balance-changed"}
        told = {name: quote[name] for name in ("legs", "userId", "institutionId")}
        return standing | {"status": "settled", "cashTradeNo": asked.cash_trade_no, **told}

    def _reversal(self, asked: Reversal) -> Told:
        standing = self.shelf.get("insurer-settlement", asked.settlement_id)
        if standing is None:
            if asked.legs is not None:
                return {"status": "refused", "reason": "settlement-unknown"}
            standing = {"settlementId": asked.settlement_id, "status": "voided", "reversed": _nothing()}
        elif standing["status"] == "settled":
            back = self._owed(standing, asked)
            if back is None:
                return {"status": "refused", "reason": "more-than-settled"}
            self._debit(standing["userId"], -back["acct"])
            gone = {leg: standing["reversed"][leg] + back[leg] for leg in _LEGS}
            standing |= {"reversed": gone} | ({"status": "voided"} if asked.legs is None else {})
        self.shelf.put("insurer-settlement", asked.settlement_id, standing)
        return {"status": "reversed"}

    def _owed(self, standing: Told, asked: Reversal) -> dict[str, int] | None:
        left = {leg: standing["legs"][leg] - standing["reversed"][leg] for leg in _LEGS}
        wanted = asked.legs.model_dump() if asked.legs else left
        return wanted if all(wanted[leg] <= left[leg] for leg in _LEGS) else None

    def _debit(self, user_id: str, amount: int) -> bool:
        person = self.people.find_user(user_id)
        plan = plan_of(person) if person else None
        if person is None or plan is None:
            return False
        after = self.balance(person, plan) - amount
        if after < 0:
            return False
        self.shelf.put("insurer-account", user_id, {"balanceFen": after})
        return True

    def _view(self, standing: Told) -> Told:
        if standing["status"] != "settled":
            return {"status": "refused", "reason": standing.get("reason", "reversed")}
        return {"status": "settled", "legs": standing["legs"]}


def _nothing() -> dict[str, int]:
    return dict.fromkeys(_LEGS, 0)


def _bent(legs: Split, kind: str | None) -> dict[str, int]:
    """The split, as a fault would have it."""
    total = legs.gov + legs.acct + legs.other + legs.cash
    match kind:
        case "full":
            return Split(total, 0, 0, 0).view()
        case "other-split":
            return Split(0, 0, total // 10, total - total // 10).view()
        case "miscounting":
            return Split(legs.gov + 1, legs.acct, legs.other, legs.cash).view()
        case _:
            return legs.view()
