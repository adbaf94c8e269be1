"""Each institution's key and address, as the service registers them. It must not know events or codes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.clock import Clock
from sandbox.http_signatures import sign_request
from sandbox.institutions.directory import Institution, institutions
from sandbox.keys import KeyFolder, public_raw
from sandbox.origin.routing import Refused, Request

BASE = "/sandbox/institutions"
KEY_NAME = "k1"


@dataclass(frozen=True, slots=True)
class Signing:
    """How a request is signed: with which key of the institution, and by a clock that is how far off."""

    key_name: str = KEY_NAME
    clock_offset: timedelta = timedelta()


USUAL = Signing()


@dataclass(frozen=True, slots=True)
class Register:
    """Who the institutions are and how each signs."""

    keys: KeyFolder
    clock: Clock
    origin: str

    def get(self, institution_id: str) -> Institution:
        """The institution; raises Refused 404."""
        institution = institutions().get(institution_id)
        if institution is None:
            raise Refused(404, "institution-unknown", "there is no such institution")
        return institution

    def of(self, request: Request) -> Institution:
        """The institution that the path names; raises Refused 404."""
        return self.get(request.params["institution_id"])

    def view(self, institution: Institution, key_name: str = KEY_NAME) -> dict[str, Any]:
        """What the service needs to know to register it with its key of that name."""
        return {
            "id": institution.institution_id,
            "kind": institution.kind,
            "name": institution.name,
            "otherNames": list(institution.other_names),
            "district": institution.district,
            "address": institution.address,
            "grade": institution.grade,
            "endpoint": self._endpoint(institution),
            "publicKey": public_raw(self._key(institution, key_name).public_key()),
            "keyName": key_name,
        }

    def signed(
        self,
        institution: Institution,
        request: tuple[str, str, bytes],
        idempotency_key: str,
        signing: Signing = USUAL,
    ) -> dict[str, str]:
        """The headers with which the institution sends (method, url, body)."""
        key_id = f"{institution.institution_id}#{signing.key_name}"
        key, now = self._key(institution, signing.key_name), self.clock.now() + signing.clock_offset
        return sign_request(key, key_id, request, idempotency_key, now)

    def _endpoint(self, institution: Institution) -> str | None:
        """Where it wants events; the bureau and the departments tell and want to be told nothing."""
        if institution.kind in {"bureau", "department"}:
            return None
        return f"{self.origin}{BASE}/{institution.institution_id}/inbox"

    def _key(self, institution: Institution, name: str) -> Ed25519PrivateKey:
        own = institution.institution_id
        return self.keys.derived_ed25519("institutions", own if name == KEY_NAME else f"{own}#{name}")
