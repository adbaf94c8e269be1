"""The insurer's calls: pre-settle, settle, query, reverse, each signed both ways. It must not know the payment app.

Nothing personal is told to whoever watches.
"""

import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.departments.answers import compact_jws, unsigned_jws
from sandbox.events import Events
from sandbox.faults import Faults, InsurerFault
from sandbox.http_signatures import ServiceSignatures
from sandbox.insurer.books import Books, Told
from sandbox.insurer.wire import PreSettlement, Query, Reversal, Settlement
from sandbox.keys import KeyFolder, public_jwk
from sandbox.origin.routing import Refused, Request, Response, Route, json_response

BASE = "/sandbox/insurer"
INSURER_ID = "medical-insurance"
TAG = "zt-insurance"
TYPE = "settlement+jwt"


@dataclass(frozen=True, slots=True)
class Insurer:
    """The insurer's parts, as its calls need them."""

    books: Books
    keys: KeyFolder
    signatures: ServiceSignatures
    faults: Faults
    events: Events
    origin: str

    def routes(self) -> list[Route]:
        """Every call of the insurer."""
        return [
            Route("GET", BASE, self.view),
            Route("GET", f"{BASE}/settlements", self.journal),
            Route("POST", f"{BASE}/pre-settlements", self.presettle),
            Route("POST", f"{BASE}/settlements", self.settle),
            Route("POST", f"{BASE}/queries", self.query),
            Route("POST", f"{BASE}/reversals", self.reverse),
        ]

    def view(self, _: Request) -> Response:
        """Its names, endpoint and public key."""
        return json_response(
            {
                "id": INSURER_ID,
                "name": {"zh": "杭州市医疗保障局", "en": "Hangzhou Healthcare Security Bureau"},
                "endpoint": f"{self.origin}{BASE}",
                "publicKey": public_jwk(self._key().public_key()),
            }
        )

    def journal(self, _: Request) -> Response:
        """Every settlement as it stands, oldest first."""
        return json_response({"items": self.books.settlements()})

    def presettle(self, request: Request) -> Response:
        """Who would bear a fee; raises Refused 401, 409, 422 or 503."""
        fault = self._arrived(request)
        asked = request.read(PreSettlement)
        told = self.books.presettle(asked, request.body, fault.kind if fault else None)
        return self._answer(request, asked.request_id, told, fault)

    def settle(self, request: Request) -> Response:
        """Settle a pre-settlement; raises Refused 401, 422 or 503."""
        fault = self._arrived(request)
        asked = request.read(Settlement)
        told = self.books.settle(asked, fault.kind if fault else None)
        if fault and fault.kind == "settlement-lying" and "legs" in told:
            told = told | {"legs": told["legs"] | {"gov": told["legs"]["gov"] + 1}}
        return self._answer(request, asked.request_id, told, fault)

    def query(self, request: Request) -> Response:
        """What became of a settlement; raises Refused 401, 422 or 503."""
        fault = self._arrived(request)
        asked = request.read(Query)
        return self._answer(request, asked.request_id, self.books.query(asked), fault)

    def reverse(self, request: Request) -> Response:
        """Undo a settlement or some of it; raises Refused 401, 409, 422 or 503."""
        fault = self._arrived(request)
        asked = request.read(Reversal)
        return self._answer(request, asked.request_id, self.books.reverse(asked, request.body), fault)

    def _arrived(self, request: Request) -> InsurerFault | None:
        fault = self.faults.now().insurer
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault and fault.kind == "down":
            raise _down()
        self.signatures.check(request, TAG)
        if not request.headers.get("X-Road-Client"):
            raise Refused(400, "header-missing", "X-Road-Client says which system asks")
        return fault

    def _answer(self, request: Request, number: str, told: Told, fault: InsurerFault | None) -> Response:
        if request.headers.get("X-Road-Id") != number:
            raise Refused(400, "header-wrong", "X-Road-Id is the requestId of the body")
        what = request.path.rpartition("/")[2]
        self.events.tell("insurer", what=what, requestId=number, status=told["status"])
        if fault and fault.kind == "lost":
            raise _down()
        claims = {
            "iss": INSURER_ID,
            "requestId": number,
            "requestHash": base64.b64encode(hashlib.sha512(request.body).digest()).decode(),
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
        return self.keys.derived_ed25519("departments", INSURER_ID)


def _down() -> Refused:
    return Refused(503, "insurer-down", "the insurer is down, as a fault says")
