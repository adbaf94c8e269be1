"""Applying for a service item: one face scan, one consent, and nothing else to bring."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.exchange.model.consents import CONSENT_LIFE, Consent, Shown, consent_id
from chalicelib.exchange.service.consents import Consents
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose, Verification
from chalicelib.identity.service.faces import Faces
from chalicelib.matters.errors import ApplicationNotFound, MatterNotOnline
from chalicelib.matters.model.applications import Application, Status, application_id, end_of_term
from chalicelib.matters.model.items import ServiceItem
from chalicelib.matters.service.catalogue import Matters
from chalicelib.matters.store.applications import ApplicationStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors


@dataclass(frozen=True, slots=True)
class Applying:
    """A citizen's applications."""

    matters: Matters
    store: ApplicationStore
    faces: Faces
    consents: Consents
    cursors: Cursors
    clock: Clock

    def apply(self, citizen: Citizen, item_id: str, proof: str | None, asked_fen: int | None) -> Application:
        """Apply for oneself. The face is the consent to gather what the item's materials say.

        `proof` is the scan's id, None for what this session proved before; `asked_fen` None for as much as the terms
        allow. The same request again meets its own application. Raises MatterNotFound, MatterNotOnline,
        ApplicationUnderWay and what `Faces.passed` raises.
        """
        item = self.matters.item(item_id)
        if not item.online:
            raise MatterNotOnline
        face = self.faces.passed(citizen, proof, Purpose.MATTERS, citizen.account.person_id)
        fresh = _fresh(citizen, item, face, asked_fen, self.clock())
        self.store.submit(fresh, self.consents.granting(_consent(fresh, item)))
        log.event("matter.submitted", application=fresh.id, citizen=citizen.id, item=item.id)
        return self.get(citizen, fresh.id)

    def get(self, citizen: Citizen, application: str) -> Application:
        """One of the caller's applications. Raises ApplicationNotFound, also for somebody else's."""
        found = self.store.find(citizen.id, application)
        if found is None:
            raise ApplicationNotFound
        return found

    def list_own(
        self, citizen: Citizen, cursor: str | None, limit: int
    ) -> tuple[list[Application], str | None]:
        """The caller's applications, newest first, and the cursor of the next page. Raises Invalid (cursor)."""
        scope = f"matters:{citizen.id}"
        found, last = self.store.of(citizen.id, limit, self.cursors.open(scope, cursor))
        return found, self.cursors.seal(scope, last)


def _fresh(
    citizen: Citizen, item: ServiceItem, face: Verification, asked_fen: int | None, now: datetime
) -> Application:
    made = application_id(face.id, item.id, asked_fen)
    return Application(
        id=made,
        citizen_id=citizen.id,
        person_id=face.person_id,
        item_id=item.id,
        status=Status.SUBMITTED,
        version=1,
        submitted_at=now,
        due_by=end_of_term(now, item.statutory_days),
        asked_fen=asked_fen,
        consent_id=consent_id(made),
        sealed=face.sealed,
    )


def _consent(application: Application, item: ServiceItem) -> Consent:
    """What the face consents to: these facts, once each, read by the department that decides."""
    facts = tuple(fact for _, fact in item.needs())
    return Consent(
        id=consent_id(application.id),
        citizen_id=application.citizen_id,
        person_id=application.person_id,
        purpose=item.id,
        shown=Shown(zh=item.name.zh, en=item.name.en),
        facts=facts,
        client=item.terms_of().client,
        case_id=application.id,
        uses_left=len(facts),
        granted_at=application.submitted_at,
        expires_at=application.submitted_at + CONSENT_LIFE,
    )
