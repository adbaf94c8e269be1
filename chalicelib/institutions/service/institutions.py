"""Who an institution is: registering, recognising by signature, withdrawing keys, and what citizens said of it."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.institutions.errors import InstitutionUnknown, KeyUnknown
from chalicelib.institutions.model import KEY_MEMORY, Flag, Institution, Registration, Status
from chalicelib.institutions.store import InstitutionStore
from chalicelib.platform import log, signatures
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write, commit
from chalicelib.platform.memory import Memory


@dataclass(frozen=True, slots=True)
class Institutions:
    """Hospitals, pharmacies and the bureau as parties."""

    store: InstitutionStore
    clock: Clock
    _known: Memory[Registration] = field(
        default_factory=lambda: Memory(KEY_MEMORY), repr=False, compare=False
    )

    def register(self, registration: Registration) -> None:
        """Register an institution, or replace what was registered: repeating it changes nothing.

        A key that is left out, or `Status.WITHDRAWN`, is refused by every process within `KEY_MEMORY`.
        """
        commit(self.store.register(registration))
        self._known.forget(registration.id)
        log.event("institution.registered", institution=registration.id, status=registration.status)

    def withdraw_key(self, institution_id: str, name: str) -> None:
        """Trust one key of an institution no more, as when a terminal was stolen; its other keys go on working.

        Every process refuses it within `KEY_MEMORY`. A key that is not there changes nothing. Raises
        InstitutionUnknown.
        """
        commit(self.store.withdraw_key(institution_id, name))
        self._known.forget(institution_id)
        log.event("institution.key-withdrawn", institution=institution_id, key=name)

    def registered(self, institution_id: str) -> Registration:
        """An institution that takes part, as it stands this moment. Raises InstitutionUnknown."""
        found = self._active(institution_id)
        if found is None:
            raise InstitutionUnknown
        return found

    def recognise(self, request: signatures.Message) -> Institution:
        """Who signed this request (RFC 9421, profile `sc-callback`, wire format 2.2).

        The keyid is `<institution id>#<key name>`. Raises SignatureMissing, SignatureStale, SignatureInvalid,
        KeyUnknown. It does not use the nonce up: see `once`.
        """
        signed = signatures.verify(request, self._key, self.clock().timestamp())
        return self._registration(signed.key_id.partition("#")[0]).caller(signed)

    def once(self, caller: Institution) -> None:
        """Use the request's nonce up, for a route whose effect is not single-use by itself.

        Raises SignatureReplayed.
        """
        commit(self.store.use_nonce(caller.id, caller.nonce, self.clock()))

    def flag(self, institution_id: str, key_id: str, use_id: str, now: datetime) -> Write:
        """That a citizen does not know of a use by this key, for the transaction that records it; once per use."""
        return self.store.flag(institution_id, Flag(use_id=use_id, key_id=key_id, flagged_at=now))

    def flags(self, institution_id: str) -> list[Flag]:
        """Which uses by an institution its citizens disowned, the newest 100: for administrators."""
        return self.store.flags(institution_id)

    def _key(self, key_id: str) -> Ed25519PublicKey:
        institution_id, _, name = key_id.partition("#")
        raw = self._registration(institution_id).key(name)
        if raw is None:
            raise KeyUnknown
        return Ed25519PublicKey.from_public_bytes(raw)

    def _registration(self, institution_id: str) -> Registration:
        # Only what was found is remembered: a fresh registration works at once, made-up ids fill no memory.
        found = self._known.recall(institution_id, self._active, self.clock())
        if found is None:
            raise KeyUnknown
        return found

    def _active(self, institution_id: str) -> Registration | None:
        found = self.store.find(institution_id)
        return found if found and found.status is Status.ACTIVE else None
