"""Counters with a code, and citizens who scan it: the calls that both sides make."""

import json
from dataclasses import dataclass
from typing import Any

from tests.api import Api, ApiAnswer
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import Party

CODES = "/v1/institutions/me/counter-codes"
PRESENCES = "/v1/institutions/me/presences"


def signed(
    api: Api, clock: HeldClock, party: Party, method: str, path: str, body: Any = None, **signing: Any
) -> ApiAnswer:
    """A call that an institution signed; `query` may be told, in its one form."""
    raw = b"" if body is None else json.dumps(body).encode()
    headers = party.headers(method, path, raw, **{"now": clock().timestamp(), **signing})
    query = signing.get("query")
    return api.call(method, f"{path}?{query}" if query else path, raw or None, headers=headers)


@dataclass
class Counter:
    """An institution's counter, and what is done at it."""

    api: Api
    clock: HeldClock
    party: Party

    def put_up(self, **place: str) -> ApiAnswer:
        """Ask for the code of the counter."""
        told = {"officeId": "of-1", "deviceId": "dev-1", "businessType": "02121", **place}
        return signed(self.api, self.clock, self.party, "POST", CODES, told)

    def code(self, business_type: str = "02121") -> str:
        """The counter's code."""
        code: str = self.put_up(businessType=business_type).json["code"]
        return code

    def withdraw(self, counter_id: str) -> ApiAnswer:
        """Take a code down."""
        return signed(self.api, self.clock, self.party, "DELETE", f"{CODES}/{counter_id}")

    def read(self, phone: Phone, code: str) -> ApiAnswer:
        """A citizen looks who asks."""
        return self.api.post("/v1/counter-codes/read", {"code": code}, token=phone.token)

    def share(self, phone: Phone, card_id: str, code: str, **headers: str) -> ApiAnswer:
        """A citizen shares a card."""
        body = {"cardId": card_id, "code": code}
        return self.api.post("/v1/presences", body, token=phone.token, headers=headers)

    def waiting(self, query: str = "") -> ApiAnswer:
        """The counter looks who waits."""
        return signed(self.api, self.clock, self.party, "GET", PRESENCES, query=query)

    def pick_up(self, presence_id: str, **signing: Any) -> ApiAnswer:
        """The counter asks who that is."""
        return signed(self.api, self.clock, self.party, "GET", f"{PRESENCES}/{presence_id}", **signing)
