"""The worker's verb: the requests of a batch are taken from where they stand as far as they come.

It may die between any two steps and be repeated, and others may do the same at once: each step first looks at what
stands, answers are kept before they are used, a certificate is claimed in one transaction, its files are stored once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateNotFound, GlyphMissing
from chalicelib.certificates.model.labels import Reason
from chalicelib.certificates.model.requests import OPEN, Batch, Request, RequestStatus
from chalicelib.certificates.service.certifying import Certifying
from chalicelib.certificates.service.gathering import Gathering, decision, is_asking
from chalicelib.certificates.service.subjects import Subjects
from chalicelib.certificates.store.holders import HolderStore
from chalicelib.certificates.store.requests import Moved, RequestStore
from chalicelib.exchange.errors import ConsentEnded, DepartmentUnavailable
from chalicelib.exchange.model import Missing, MissingKind
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.platform import log
from chalicelib.platform.clock import Clock

_WITHDRAWN = Reason(
    code="consent-ended",
    zh="您对查询数据的同意已撤回或已到期，未再查询数据；如仍需办理，请重新申请",
    en="The consent to ask for the data was withdrawn or has ended, so nobody is asked; request again if needed",
)
_ATTEMPTS_AT_ONCE = 2
"""A department that fails once is asked again by the queue, within seconds; after that the request is deferred."""
_SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Issuing:
    """Takes requests to their end."""

    store: RequestStore
    holders: HolderStore
    faces: Faces
    subjects: Subjects
    gathering: Gathering
    certifying: Certifying
    clock: Clock

    def issue(self, citizen_id: str, batch_id: str) -> None:
        """Take a batch as far as it comes: ask, decide, print; doing it again changes nothing.

        Raises CertificateNotFound, Unavailable (a department for the first time, KMS or the bucket: the queue brings
        it again).
        """
        try:
            self._issue(citizen_id, batch_id)
        except Moved:
            self._issue(citizen_id, batch_id)  # another worker was faster: see what it left to do

    def _issue(self, citizen_id: str, batch_id: str) -> None:
        batch = self.store.batch(citizen_id, batch_id)
        if batch is None:
            raise CertificateNotFound
        requests = [each for each in self.store.requests_of(batch) if each.status in OPEN]
        missing: Mapping[str, Missing] = {}
        if any(is_asking(each) or each.status is RequestStatus.ISSUING for each in requests):
            holder = self._holder(batch)
            batch, requests, missing = self._asked(batch, requests, holder)
            requests = self._certified_where_ready(batch, requests, holder)
        if missing and batch.asked < _ATTEMPTS_AT_ONCE and not _promised(missing):
            raise DepartmentUnavailable
        self._close(batch, requests)

    def withdrawn(self, citizen_id: str, case_id: str) -> None:
        """A consent was withdrawn: its requests end, unless they were decided before. Another case is not ours."""
        batch = self.store.batch(citizen_id, case_id)
        if batch is None:
            return
        open_still = [each for each in self.store.requests_of(batch) if each.status in OPEN]
        self._close(batch, self._abandoned(open_still, _WITHDRAWN))

    # -- asking and deciding
    def _asked(
        self, batch: Batch, requests: list[Request], holder: Person
    ) -> tuple[Batch, list[Request], Mapping[str, Missing]]:
        """What the batch and its open requests are after everybody was asked once more."""
        asking = [each for each in requests if is_asking(each)]
        if not asking:
            return batch, requests, {}
        ended = self.subjects.refusal(batch)
        if ended:
            return batch, self._abandoned(requests, ended), {}
        try:
            batch, missing = self.gathering.gather(batch, asking, holder)
        except ConsentEnded:
            return batch, self._abandoned(requests, _WITHDRAWN), {}
        again = batch.asked < _ATTEMPTS_AT_ONCE and not _promised(missing)
        decided = [self._decided(batch, each, again=again) if is_asking(each) else each for each in requests]
        return batch, decided, missing

    def _decided(self, batch: Batch, request: Request, *, again: bool) -> Request:
        event, reason = decision(catalogue.types()[request.type_id], batch)
        if event == "facts-missing" and (again or request.status is RequestStatus.DEFERRED):
            return request
        named = {"doubt" if event == "facts-doubtful" else "reason": reason} if reason else {}
        return self._moved(request.model_copy(update=named), event)

    def _abandoned(self, requests: Sequence[Request], reason: Reason) -> list[Request]:
        """Requests that were decided in time go on; the others end, and nobody is asked for them."""
        return [
            each
            if each.status is RequestStatus.ISSUING
            else self._moved(each.model_copy(update={"reason": reason}), "consent-ends")
            for each in requests
        ]

    def _moved(self, request: Request, event: str) -> Request:
        moved = self.store.move(request, event) or self._standing(request)
        code = moved.reason.code if moved.reason else None
        log.event("certificate.decided", request=request.id, outcome=event, reason=code)
        return moved

    # -- printing
    def _certified_where_ready(
        self, batch: Batch, requests: Sequence[Request], holder: Person
    ) -> list[Request]:
        return [
            self._certified(batch, each, holder) if each.status is RequestStatus.ISSUING else each
            for each in requests
        ]

    def _certified(self, batch: Batch, request: Request, holder: Person) -> Request:
        try:
            certificate = self.certifying.certificate(batch, request.type_id, holder)
        except GlyphMissing as refusal:
            reason = Reason(code=refusal.code, zh=refusal.title_zh, en=refusal.title)
            return self._moved(request.model_copy(update={"reason": reason}), "cannot-print")
        answered = {
            "certificate_id": certificate.id,
            "serial": certificate.serial,
            "issued_at": certificate.issued_at,
            "valid_until": certificate.valid_until,
            "formats": tuple(certificate.digests),
        }
        self.holders.add(certificate.id, request.id, request.citizen_id)
        issued = self.store.move(request.model_copy(update=answered), "issue")
        log.event("certificate.answered", request=request.id, certificate=certificate.id)
        return issued or self._standing(request)

    # -- the batch
    def _close(self, batch: Batch, requests: Sequence[Request]) -> None:
        """`requests`: those that were open when we began, as they are now; what was closed before stays closed."""
        if not any(each.status in OPEN for each in requests):
            self.store.close(batch)

    def _holder(self, batch: Batch) -> Person:
        if batch.sealed is None:
            raise ValueError("a batch that is still open has lost its holder")
        return self.faces.reveal(batch.person_id, batch.sealed, "", "")

    def _standing(self, request: Request) -> Request:
        standing = self.store.find(request.citizen_id, request.id)
        if standing is None:
            raise CertificateNotFound
        return standing


def _promised(missing: Mapping[str, Missing]) -> bool:
    """Whether all that is missing is on its way: asking again at once would be of no use."""
    return bool(missing) and all(each.kind is MissingKind.PENDING for each in missing.values())
