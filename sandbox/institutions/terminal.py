"""A counter's terminal: scans a card code and asks the service, signed as its institution, who stands there.

It must not know what a code holds.
"""

import json
import secrets
import uuid
from dataclasses import dataclass

from pydantic import Field

from sandbox.calls import Reply, call
from sandbox.institutions.directory import Institution
from sandbox.institutions.register import Register
from sandbox.origin.routing import Wire

DECODE_PATH = "/v1/terminal/card-codes/decode"


class Scanned(Wire):
    """What the terminal saw, and what it wants to know it for."""

    code: str = Field(min_length=1, max_length=4096)
    business_type: str = Field(min_length=1, max_length=32)
    operator_id: str = "operator-1"
    office_id: str = "counter-1"
    device_id: str = "terminal-1"


@dataclass(frozen=True, slots=True)
class Terminal:
    """Any institution's terminal."""

    register: Register
    origin: str

    def decode(self, institution: Institution, scanned: Scanned) -> Reply:
        """Ask the service; its answer as it came. Raises Unreachable."""
        question = {**scanned.model_dump(by_alias=True), "nonce": secrets.token_urlsafe(16)}
        body = json.dumps(question).encode()
        url = f"{self.origin}{DECODE_PATH}"
        return call(
            "POST", url, self.register.signed(institution, ("POST", url, body), str(uuid.uuid4())), body
        )
