"""A counter's terminal: asks the service, signed as its institution, about a code that it scanned or shows.

It must not know what a code holds.
"""

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from sandbox.calls import Reply, call
from sandbox.clock import Clock, rfc3339
from sandbox.institutions.directory import Institution
from sandbox.institutions.register import KEY_NAME, Register, Signing
from sandbox.origin.routing import Wire

DECODE_PATH = "/v1/terminal/card-codes/decode"
REDEEM_PATH = "/v1/terminal/card-codes/redeem"
COUNTER_CODES_PATH = "/v1/institutions/me/counter-codes"
PRESENCES_PATH = "/v1/institutions/me/presences"

Name = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_.-]+$")]


class Said(Wire):
    """What somebody at a terminal does; the first three say how the request goes wrong, and never leave."""

    clock_offset_seconds: int = Field(default=0, ge=-86_400, le=86_400)
    replay: bool = False
    key_name: Name = KEY_NAME

    @property
    def signing(self) -> Signing:
        """How the request is signed."""
        return Signing(self.key_name, timedelta(seconds=self.clock_offset_seconds))

    def question(self) -> dict[str, Any]:
        """What the service is asked."""
        ours = {"clock_offset_seconds", "replay", "key_name"}
        return self.model_dump(mode="json", by_alias=True, exclude=ours, exclude_none=True)


class Scanned(Said):
    """What the terminal saw, and what it wants to know it for."""

    code: str = Field(min_length=1, max_length=4096)
    business_type: str = Field(min_length=1, max_length=32)
    operator_id: str = "operator-1"
    office_id: str = "counter-1"
    device_id: str = "terminal-1"


class Redeemed(Scanned):
    """A code that was taken without a network, and what was paid with it; presented now unless it says when."""

    amount_fen: int
    presented_at: datetime | None = None


class CounterCode(Said):
    """A counter that wants to show a code of its own."""

    office_id: str = "counter-1"
    business_type: str = Field(min_length=1, max_length=32)
    device_id: str = "terminal-1"


@dataclass(frozen=True, slots=True)
class Terminal:
    """Any institution's terminal. Every answer is the service's own, as it came; each call raises Unreachable."""

    register: Register
    clock: Clock
    origin: str

    def decode(self, institution: Institution, scanned: Scanned) -> list[Reply]:
        """Ask who shows the code; the answers to the same signed request, one unless it is replayed."""
        question = {**scanned.question(), "nonce": secrets.token_urlsafe(16)}
        return self._post(institution, DECODE_PATH, question, scanned)

    def redeem(self, institution: Institution, redeemed: Redeemed) -> list[Reply]:
        """Hand in a code that was taken without a network."""
        presented = rfc3339(redeemed.presented_at or self.clock.now())
        question = {**redeemed.question(), "presentedAt": presented, "nonce": secrets.token_urlsafe(16)}
        return self._post(institution, REDEEM_PATH, question, redeemed)

    def counter_code(self, institution: Institution, wanted: CounterCode) -> list[Reply]:
        """Ask for a code that citizens scan at this counter."""
        return self._post(institution, COUNTER_CODES_PATH, wanted.question(), wanted)

    def read(self, institution: Institution, path: str) -> Reply:
        """Read something of the institution's own."""
        url = f"{self.origin}{path}"
        headers = self.register.signed(institution, ("GET", url, b""), str(uuid.uuid4()))
        return call("GET", url, headers, b"")

    def _post(self, institution: Institution, path: str, question: dict[str, Any], said: Said) -> list[Reply]:
        body, url = json.dumps(question).encode(), f"{self.origin}{path}"
        headers = self.register.signed(institution, ("POST", url, body), str(uuid.uuid4()), said.signing)
        return [call("POST", url, headers, body) for _ in range(2 if said.replay else 1)]
