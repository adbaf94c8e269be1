"""The medical insurance behind `world`, and a patient whom it insures, as tests of mixed payments play them."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha512
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib import wiring
from chalicelib.exchange.model import Department
from chalicelib.payments.model import INSURER, Order
from chalicelib.payments.model import Insurance as InsurancePart
from chalicelib.payments.model.insurance import Standing
from chalicelib.platform.clock import system_clock
from chalicelib.platform.keys import b64url
from chalicelib.platform.tokens import compact_json
from tests.appointments import CARD_NUMBER
from tests.fakes import Received, Sent, World, raw_public_key, unb64

HALF_HOUR = 1800
Told = dict[str, Any]


@dataclass
class Insurance:
    """Splits, settles and reverses, each number once; `mood` says what goes wrong, `only` at which call."""

    world: World
    bears: dict[str, int] = field(default_factory=lambda: {"gov": 20_00, "acct": 10_00, "other": 0})
    mood: str = ""
    only: tuple[str, ...] = ()
    life: int = HALF_HOUR
    settled: dict[str, Told] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    reversed: dict[str, Told] = field(default_factory=dict)
    """Reversal's number -> the settlement and the legs that went back."""
    refused: set[str] = field(default_factory=set)
    quotes: dict[str, Told] = field(default_factory=dict)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        calls = {
            "pre-settlements": self._presettle,
            "settlements": self._settle,
            "queries": self._query,
            "reversals": self._reverse,
        }
        for what, call in calls.items():
            self.world.on(f"/insurer/{what}", self._answering(what, call))
        self.connect()

    @property
    def party(self) -> Department:
        """Its entry in the registry."""
        return Department(
            id=INSURER,
            name_zh="医保局",
            name_en="Insurance",
            endpoint=f"{self.world.origin}/insurer",
            key_id="k1",
            public_key=unb64(raw_public_key(self.key)),
        )

    def connect(self) -> None:
        """Let the service know it."""
        wiring.exchange().register(self.party)

    def asked(self, what: str) -> list[Told]:
        """What came to one of the calls."""
        return [each.json for each in self.world.at(f"/insurer/{what}")]

    def owes(self, order: Order) -> dict[str, int]:
        """What it still bears of an order, by leg."""
        if order.settlement_no in self.voided or order.settlement_no not in self.settled:
            return {}
        legs = self.settled[order.settlement_no]
        back = [each["legs"] for each in self.reversed.values() if each["of"] == order.settlement_no]
        left = {leg: legs[leg] - sum(each[leg] for each in back) for leg in ("gov", "acct", "other")}
        return {leg: amount for leg, amount in left.items() if amount}

    def _answering(self, what: str, call: Callable[[Told], Told]) -> Callable[[Received], Sent]:
        def answer(request: Received) -> Sent:
            mood = self.mood if not self.only or what in self.only else ""
            if mood == "down":
                return Sent(503)
            told = self._pretended(what, request.json) if mood == "forged" else call(request.json)
            told = self._bent(what, told, mood)
            return Sent(503) if mood == "lost" else self._signed(request, told, mood)

        return answer

    def _pretended(self, what: str, asked: Told) -> Told:
        """What somebody else answers in the insurance's name: that all is done, and nothing is."""
        if what == "pre-settlements":
            return self._presettle(asked)
        if what == "reversals":
            return {"status": "reversed"}
        number = str(asked.get("settlementId", asked["requestId"])).replace("set_", "pre_", 1)
        return {"status": "settled", "legs": self.quotes[number]["legs"]}

    def _bent(self, what: str, told: Told, mood: str) -> Told:
        if mood == "miscounting" and "legs" in told:
            return told | {"legs": told["legs"] | {"gov": told["legs"]["gov"] + 1}}
        if mood == "negative" and "legs" in told:
            legs = told["legs"]
            return told | {"legs": legs | {"gov": -1, "cash": legs["cash"] + legs["gov"] + 1}}
        if mood == "another-status":
            return told | {"status": "reversed" if what != "reversals" else "settled"}
        return told

    def _signed(self, request: Received, told: Told, mood: str) -> Sent:
        body = b"another" if mood == "another-request" else request.body
        claims = {
            "iss": "somebody" if mood == "another-issuer" else INSURER,
            "requestId": "set_another" if mood == "another-number" else request.json["requestId"],
            "requestHash": b64encode(sha512(body).digest()).decode(),
            "iat": int(system_clock().timestamp()) + (3600 if mood == "future" else 0),
            **told,
        }
        header = {
            "alg": "EdDSA",
            "kid": "k1",
            "typ": "fact+jwt" if mood == "another-type" else "settlement+jwt",
        }
        message = f"{b64url(compact_json(header))}.{b64url(compact_json(claims))}"
        key = Ed25519PrivateKey.generate() if mood == "forged" else self.key
        if mood == "malformed":
            return Sent(200, b"this is no JWS", "application/jose")
        return Sent(200, f"{message}.{b64url(key.sign(message.encode()))}".encode(), "application/jose")

    def _presettle(self, asked: Told) -> Told:
        if self.mood == "uninsured" or asked["cardNumber"] != CARD_NUMBER:
            return {"status": "refused", "reason": "not-insured"}
        if self.mood == "refusing":
            return {"status": "refused", "reason": "out-of-order"}
        borne = sum(self.bears.values())
        legs = self.bears | {"cash": asked["totalFen"] - borne}
        until = int(system_clock().timestamp()) + self.life
        number = asked["requestId"]
        quote = {"quoteId": number, "digest": f"d-{number}", "legs": legs, "validUntil": until}
        return {"status": "quoted", **self.quotes.setdefault(number, quote)}

    def _settle(self, asked: Told) -> Told:
        number, quote = asked["requestId"], self.quotes[asked["quoteId"]]
        assert asked["digest"] == quote["digest"]
        if self.mood == "settlement-refusing" and number not in self.settled:
            self.refused.add(number)
        if number in self.refused | self.voided:
            return {"status": "refused", "reason": "no"}
        assert system_clock().timestamp() < quote["validUntil"]
        return {"status": "settled", "legs": self.settled.setdefault(number, quote["legs"])}

    def _query(self, asked: Told) -> Told:
        number = asked["settlementId"]
        if number in self.refused | self.voided:
            return {"status": "refused", "reason": "no"}
        if number in self.settled:
            return {"status": "settled", "legs": self.settled[number]}
        return {"status": "absent"}

    def _reverse(self, asked: Told) -> Told:
        if self.mood == "reversal-refusing":
            return {"status": "refused", "reason": "no"}
        number, of = asked["requestId"], asked["settlementId"]
        if asked["legs"] is None:
            self.voided.add(of)
        elif of not in self.voided:
            assert of in self.settled
            earlier = self.reversed.setdefault(number, {"of": of, "legs": asked["legs"]})
            assert earlier == {"of": of, "legs": asked["legs"]}, "a number means two things"
            back = [each["legs"] for each in self.reversed.values() if each["of"] == of]
            for leg in ("gov", "acct", "other"):
                assert sum(each[leg] for each in back) <= self.settled[of][leg], "more than was settled"
        return {"status": "reversed"}


def an_insurance(standing: Standing, quote_id: str = "q") -> InsurancePart:
    """The insurance's part in an order."""
    return InsurancePart(quote_id=quote_id, digest=f"d-{quote_id}", valid_until=0, standing=standing)
