"""The people, offices and terminals of one small town, as the outside world keeps them. Plain data and signed facts."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha512
from typing import Any

from chalicelib.platform.clock import system_clock
from chalicelib.platform.keys import b64url
from chalicelib.platform.tokens import compact_json
from chalicelib.types import CHINA
from sandbox.identity_numbers import identity_number
from tests.fakes import Department, Received, Sent


@dataclass
class Resident:
    """Somebody, and how it stands with their physical card. `version` counts the card's changes."""

    name: str
    number: str
    card_number: str
    phone: str
    status: str = "active"
    version: int = 1
    guardians: tuple[str, ...] = ()
    """Identity numbers."""

    @property
    def masked(self) -> str:
        """The name as everybody may see it."""
        return self.name[0] + "*" * (len(self.name) - 1)


GUARDIAN, CHILD = 0, 2
SIXTEEN_ON = int(datetime(2026, 11, 25, tzinfo=CHINA).timestamp())
"""When the child turns 16."""


def residents() -> list[Resident]:
    """Two adults, and a child of the first who turns 16 on 25 November 2026."""
    zhang = Resident("张伟", identity_number("330102", date(1990, 5, 17), 11), "A10000011", "19900000011")
    wang = Resident("王芳", identity_number("330102", date(1988, 3, 9), 22), "B20000022", "19900000022")
    child = Resident(
        "张小明",
        identity_number("330102", date(2010, 11, 25), 33),
        "C30000033",
        "19900000033",
        guardians=(zhang.number,),
    )
    return [zhang, wang, child]


@dataclass
class Office(Department):
    """A department that keeps the residents' records, and answers each of its facts."""

    people: Callable[[], list[Resident]] = list

    def _answer(self, request: Received) -> Sent:
        asked = request.json
        number = asked["subject"]["idNumber"]
        subject = next((each for each in self.people() if each.number == number), None)
        status, value = "not-found", None
        if subject and subject.name != asked["subject"]["realName"]:
            status = "mismatch"
        elif subject:
            value = _FACTS[asked["fact"]](subject, asked.get("claims") or {})
            status = "found" if value is not None else "not-found"
        return self._signed(asked, request.body, status, value)

    def _signed(self, asked: Any, body: bytes, status: str, value: dict[str, Any] | None) -> Sent:
        told = {
            "iss": self.id,
            "requestId": asked["requestId"],
            "requestHash": b64encode(sha512(body).digest()).decode(),
            "fact": asked["fact"],
            "status": status,
            "value": value,
            "iat": int(system_clock().timestamp()),
        }
        header = {"alg": "EdDSA", "kid": self.kid, "typ": "fact+jwt"}
        message = f"{b64url(compact_json(header))}.{b64url(compact_json(told))}"
        return Sent(200, f"{message}.{b64url(self.key.sign(message.encode()))}".encode(), "application/jose")


def _insured(person: Resident, _: dict[str, str]) -> dict[str, Any]:
    return {
        "cardNumber": person.card_number,
        "region": "330100",
        "cardStatus": person.status,
        "cardVersion": person.version,
        "deceased": False,
    }


def _bank_account(person: Resident, claims: dict[str, str]) -> dict[str, Any]:
    matches = claims["phone"] == person.phone
    return {"active": True, "phoneMatches": matches, "bank": "杭州银行", "accountMasked": "6214****0011"}


def _kinship(person: Resident, claims: dict[str, str]) -> dict[str, Any] | None:
    """What the relative named in the claim is to the subject."""
    relative = _everybody[claims["relativeIdNumber"]]
    return {"relation": "child", "guardian": True} if person.number in relative.guardians else None


def _household(_: Resident, __: dict[str, str]) -> dict[str, Any]:
    return {"householdType": "urban", "address": "杭州市上城区", "relation": "head", "alive": True}


_everybody = {each.number: each for each in residents()}
_FACTS = {
    "insured-person": _insured,
    "bank-account": _bank_account,
    "kinship": _kinship,
    "household": _household,
}
