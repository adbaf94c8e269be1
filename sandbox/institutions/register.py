"""Each institution's key and address, as the service registers them. It must not know events or codes."""

from dataclasses import dataclass
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

    def view(self, institution: Institution) -> dict[str, Any]:
        """What the service needs to know to register it."""
        return {
            "id": institution.institution_id,
            "kind": institution.kind,
            "name": institution.name,
            "otherNames": list(institution.other_names),
            "district": institution.district,
            "address": institution.address,
            "grade": institution.grade,
            "endpoint": self._endpoint(institution),
            "publicKey": public_raw(self._key(institution).public_key()),
            "keyName": KEY_NAME,
        }

    def signed(
        self, institution: Institution, request: tuple[str, str, bytes], idempotency_key: str
    ) -> dict[str, str]:
        """The headers with which the institution sends (method, url, body)."""
        key_id = f"{institution.institution_id}#{KEY_NAME}"
        return sign_request(self._key(institution), key_id, request, idempotency_key, self.clock)

    def _endpoint(self, institution: Institution) -> str | None:
        """Where it wants events; the bureau tells and wants to be told nothing."""
        if institution.kind == "bureau":
            return None
        return f"{self.origin}{BASE}/{institution.institution_id}/inbox"

    def _key(self, institution: Institution) -> Ed25519PrivateKey:
        return self.keys.derived_ed25519("institutions", institution.institution_id)
