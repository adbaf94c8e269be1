"""The worker's part: takes an application from where it stands as far as it goes now. The sweep's: asks again."""

from dataclasses import dataclass

from chalicelib.cases.service.cases import Cases
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.matters.errors import ApplicationNotFound
from chalicelib.matters.model.applications import ASKING, Application, Status
from chalicelib.matters.service.catalogue import Matters
from chalicelib.matters.service.deciding import Deciding
from chalicelib.matters.service.ordering import Ordering
from chalicelib.matters.store.applications import LATE, ApplicationStore, Overtaken, late_case
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts


@dataclass(frozen=True, slots=True)
class Proceeding:
    """Applications on their way."""

    matters: Matters
    store: ApplicationStore
    faces: Faces
    deciding: Deciding
    ordering: Ordering
    cases: Cases
    clock: Clock

    def proceed(self, citizen_id: str, application_id: str) -> None:
        """Decide and order, from where the application stands; doing it again changes nothing.

        Raises ApplicationNotFound, Unavailable (a department, the payer, KMS: the queue brings it again).
        """
        application = self.store.find(citizen_id, application_id)
        if application is None:
            raise ApplicationNotFound
        try:
            self._proceed(application)
        except Overtaken:
            log.event("matter.overtaken", application=application_id)

    def _proceed(self, application: Application) -> None:
        item = self.matters.item(application.item_id)
        if application.status in ASKING:
            application = self.deciding.take(application, item, self._holder(application))
        if application.status in {Status.APPROVED, Status.ORDERED}:
            self.ordering.take(application, item, self._holder(application))

    def judged(self, citizen_id: str, application_id: str, *, approved: bool) -> str:
        """A person's decision about an application in review; one that is not any more stays as it is.

        How it stands then. Raises ApplicationNotFound, Unavailable.
        """
        application = self.store.find(citizen_id, application_id)
        if application is None:
            raise ApplicationNotFound
        if application.status is Status.REVIEW:
            item = self.matters.item(application.item_id)
            application = self.deciding.judged(application, item, approved=approved)
        return application.status

    def sweep(self) -> None:
        """Ask for the next step of what stayed open, whatever lost it; tell people when the law's time is over."""
        now = self.clock()
        for application in while_time_lasts(self.store.overdue(now), self.clock):
            if application.overdue(now):
                facts = {"citizen_id": application.citizen_id, "item_id": application.item_id}
                self.cases.open(late_case(application), application.id, LATE, **facts)
            self.store.remind(application, now)
            log.event("matter.reminded", application=application.id)

    def _holder(self, application: Application) -> Person:
        if application.sealed is None:
            raise ValueError("an application that is still open has lost its holder")
        return self.faces.reveal(application.person_id, application.sealed, "", "")
