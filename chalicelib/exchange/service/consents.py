"""Consents: granted with the request that needs them, shown to whom they concern, withdrawn at once."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import ConsentNotFound
from chalicelib.exchange.model.consents import TRANSITIONS, Consent
from chalicelib.exchange.store.consents import Changed, ConsentStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import Write, commit

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Consents:
    """What citizens consented to. `cursors` are made on first use: a worker lists nothing."""

    store: ConsentStore
    cursors: Callable[[], Cursors]
    clock: Clock

    def granting(self, consent: Consent) -> list[Write]:
        """What grants a consent, in the transaction of the request that needs it; granted before, it stays as it is."""
        return self.store.grant(consent)

    def list_given(
        self, citizen: Citizen, limit: int, cursor: str | None
    ) -> tuple[list[Consent], str | None]:
        """What the caller consented to, for themselves or by a mandate, newest first. Raises Invalid (cursor)."""
        scope, cursors = f"consents-given:{citizen.id}", self.cursors()
        found, last = self.store.given_by(citizen.id, limit, cursors.open(scope, cursor))
        return found, cursors.seal(scope, last)

    def list_about(
        self, citizen: Citizen, limit: int, cursor: str | None
    ) -> tuple[list[Consent], str | None]:
        """The consents about the caller, whoever gave them, newest first. Raises Invalid (cursor)."""
        person_id = citizen.account.person_id
        if person_id is None:
            return [], None
        scope, cursors = f"consents-about:{person_id}", self.cursors()
        found, last = self.store.about(person_id, limit, cursors.open(scope, cursor))
        return found, cursors.seal(scope, last)

    def get(self, citizen: Citizen, consent_id: str) -> Consent:
        """A consent that the caller gave, or that is about them. Raises ConsentNotFound."""
        person_id = citizen.account.person_id
        found = self.store.given(citizen.id, consent_id)
        if found is None and person_id:
            found = self.store.find(person_id, consent_id)
        if found is None:
            raise ConsentNotFound
        return found

    def revoke(self, citizen: Citizen, consent_id: str) -> None:
        """Withdraw a consent: from this moment nothing is read by it. One that ended stays as it ended.

        What was read before was read by right (Personal Information Protection Law, article 15). Both whoever gave it
        and whom it is about may. Doing it again changes nothing. Raises ConsentNotFound, Unavailable.
        """
        for _ in range(_ROUNDS):
            consent, now = self.get(citizen, consent_id), self.clock()
            if consent.status_at(now) not in TRANSITIONS["revoke"][0]:
                return
            try:
                commit(self.store.revoke(consent, now))
            except Changed:
                continue
            log.event("consent.revoked", consent=consent.id, citizen=citizen.id)
            return
        raise Unavailable
