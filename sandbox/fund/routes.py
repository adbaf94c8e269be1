"""The fund's calls: order money, ask after an order, each signed both ways; and its books for whoever watches.

It must not know who decides. Nothing personal is told to whoever watches.
"""

import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.departments.answers import compact_jws, unsigned_jws
from sandbox.events import Events
from sandbox.faults import Faults, FundFault
from sandbox.fund.books import Books, Told
from sandbox.fund.wire import Order, Query
from sandbox.http_signatures import ServiceSignatures
from sandbox.keys import KeyFolder, public_jwk
from sandbox.origin.routing import Refused, Request, Response, Route, json_response

BASE = "/sandbox/provident-fund"
FUND_ID = "provident-fund-payments"
TAG = "zt-order"
TYPE = "order+jwt"


@dataclass(frozen=True, slots=True)
class Fund:
    """The payment desk's parts, as its calls need them."""

    books: Books
    keys: KeyFolder
    signatures: ServiceSignatures
    faults: Faults
    events: Events
    origin: str

    def routes(self) -> list[Route]:
        """Every call of the fund."""
        return [
            Route("GET", BASE, self.view),
            Route("GET", f"{BASE}/accounts/{{user_id}}", self.account),
            Route("GET", f"{BASE}/orders", self.journal),
            Route("POST", f"{BASE}/orders", self.order),
            Route("POST", f"{BASE}/queries", self.query),
        ]

    def view(self, _: Request) -> Response:
        """Its names, endpoint and public key."""
        return json_response(
            {
                "id": FUND_ID,
                "name": {"zh": "杭州住房公积金管理中心", "en": "Hangzhou Housing Provident Fund Centre"},
                "endpoint": f"{self.origin}{BASE}",
                "publicKey": public_jwk(self._key().public_key()),
            }
        )

    def account(self, request: Request) -> Response:
        """Somebody's account as it stands now; raises Refused 404."""
        person = self.books.people.find_user(request.params["user_id"])
        found = self.books.accounts.view(person) if person else None
        if found is None:
            raise Refused(404, "account-unknown", "nobody of that id has an account at the fund")
        return json_response(found)

    def journal(self, _: Request) -> Response:
        """Every order as it stands, and every payment that was made, oldest first."""
        return json_response({"items": self.books.orders(), "payments": self.books.payments()})

    def order(self, request: Request) -> Response:
        """Pay once; raises Refused 401, 409, 422 or 503."""
        fault = self._arrived(request)
        asked = request.read(Order)
        told = self.books.order(asked, request.body, fault.kind if fault else None)
        if fault and fault.kind == "miscounting" and "amountFen" in told:
            told = told | {"amountFen": told["amountFen"] + 1}
        return self._answer(request, asked.request_id, asked.order_number, told, fault)

    def query(self, request: Request) -> Response:
        """What became of an order; raises Refused 401, 422 or 503."""
        fault = self._arrived(request)
        asked = request.read(Query)
        return self._answer(request, asked.request_id, asked.order_number, self.books.query(asked), fault)

    def _arrived(self, request: Request) -> FundFault | None:
        fault = self.faults.now().fund
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault and fault.kind == "down":
            raise _down()
        self.signatures.check(request, TAG)
        if not request.headers.get("X-Road-Client"):
            raise Refused(400, "header-missing", "X-Road-Client says which system asks")
        return fault

    def _answer(
        self, request: Request, number: str, order: str, told: Told, fault: FundFault | None
    ) -> Response:
        if request.headers.get("X-Road-Id") != number:
            raise Refused(400, "header-wrong", "X-Road-Id is the requestId of the body")
        what = request.path.rpartition("/")[2]
        self.events.tell("fund", what=what, orderNumber=order, status=told["status"])
        if fault and fault.kind == "lost":
            raise _down()
        claims = {
            "iss": FUND_ID,
            "requestId": number,
            "requestHash": base64.b64encode(hashlib.sha512(request.body).digest()).decode(),
            "orderNumber": order,
            "iat": int(self.books.clock.now().timestamp()),
            **told,
        }
        body = self._signed(claims, fault.kind if fault else None)
        return Response(200, body.encode(), (("Content-Type", "application/jose"),))

    def _signed(self, claims: dict[str, Any], kind: str | None) -> str:
        match kind:
            case "lying":
                return compact_jws(self._key(), claims | {"requestHash": "b3RoZXI="}, TYPE)
            case "forged":
                return compact_jws(Ed25519PrivateKey.generate(), claims, TYPE)
            case "unsigned":
                return unsigned_jws(claims)
            case "malformed":
                return "this is no JWS"
            case _:
                return compact_jws(self._key(), claims, TYPE)

    def _key(self) -> Ed25519PrivateKey:
        return self.keys.derived_ed25519("departments", FUND_ID)


def _down() -> Refused:
    return Refused(503, "fund-down", "the fund's payment desk is down, as a fault says")
