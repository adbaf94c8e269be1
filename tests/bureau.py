"""The social-security bureau as a test plays it: it answers about people, and tells what becomes of their cards."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalicelib import wiring
from chalicelib.exchange.model import Department as RegisteredDepartment
from chalicelib.exchange.model import Limits
from chalicelib.institutions.model import Kind, Registration
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.fakes import Department, Party, World, unb64

FEED = "/v1/callbacks/physical-cards"
_card_numbers = count(10_000_001)


@dataclass
class Bureau(Department):
    """Its own feed party, and the bank accounts behind the cards (by identity number)."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    party: Party = field(default_factory=lambda: Party("bur_330100"))

    def insures(self, name: str, number: str, **told: Any) -> str:
        """Somebody insured, with a physical card in order unless `told`; returns the card's number."""
        card_number = f"A{next(_card_numbers)}"
        fact = {"cardNumber": card_number, "region": "330100", "cardStatus": "active", "cardVersion": 1}
        self.facts[number] = {**fact, "deceased": False, **told}
        self.names[number] = name
        return card_number

    def tells(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The value of the fact that is asked for."""
        number = asked["subject"]["idNumber"]
        if asked["fact"] != "bank-account":
            return super().tells(asked)
        account = self.accounts.get(number)
        if account is None:
            return None
        matches = asked["claims"]["phone"] == account["phone"]
        told = {name: each for name, each in account.items() if name != "phone"}
        return told | {"phoneMatches": matches}

    def calls(
        self, api: Api, clock: HeldClock, card_number: str, version: int, status: str, **more: Any
    ) -> ApiAnswer:
        """One event of the feed."""
        body = json.dumps({"cardNumber": card_number, "version": version, "status": status, **more}).encode()
        return api.post(FEED, body, headers=self.party.headers("POST", FEED, body, now=clock().timestamp()))


def a_bureau(world: World) -> Bureau:
    """The bureau, connected as a department and registered as an institution."""
    bureau = Bureau("social-security", world)
    wiring.exchange().register(
        RegisteredDepartment(
            id=bureau.id,
            name_zh="社保局",
            name_en="Bureau",
            endpoint=bureau.endpoint,
            key_id=bureau.kid,
            public_key=unb64(bureau.public_key),
            limits=Limits(attempts=1),  # what fails once is to be seen to fail
        )
    )
    keys = {bureau.party.key_name: bureau.party.public_key}
    wiring.institutions().register(
        Registration(id=bureau.party.id, kind=Kind.BUREAU, name="社保局", endpoint=None, keys=keys)
    )
    return bureau
