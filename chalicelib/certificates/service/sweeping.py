"""What stayed open is asked for again; what the law wanted decided by now becomes a case for people."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.cases.service.cases import Cases
from chalicelib.certificates.model.requests import OPEN, Batch
from chalicelib.certificates.store.requests import RequestStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.types import rfc3339

OVERDUE = "certificate-overdue"
_SCOPE = "CERTIFICATE"


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Looks at every batch that is due."""

    store: RequestStore
    cases: Cases
    clock: Clock

    def sweep(self) -> None:
        """Ask again for the next step of batches that stayed open, whatever lost it, each time more patiently."""
        now = self.clock()
        for batch in while_time_lasts(self.store.overdue(now), self.clock):
            if now > batch.due_by:
                self._escalate(batch, now)
            self.store.remind(batch, now)
            log.event("certificate.reminded", batch=batch.id)

    def _escalate(self, batch: Batch, now: datetime) -> None:
        """First the case, then the note that there is one: whoever dies in between meets the same case again."""
        for each in self.store.requests_of(batch):
            if each.status in OPEN and now > each.due_by and each.escalated_at is None:
                told = {"request_id": each.id, "type": each.type_id, "due_by": rfc3339(each.due_by)}
                self.cases.open(each.id, _SCOPE, OVERDUE, standing=each.status, **told)
                self.store.escalate(each, now)
                log.event("certificate.overdue", request=each.id, type=each.type_id)
