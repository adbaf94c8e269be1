"""People look where a type's rule wants them to: one may approve, a refusal takes two."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateNotFound, ReviewNeedsAnother, ReviewNotOpen
from chalicelib.certificates.model.labels import Reason
from chalicelib.certificates.model.requests import Grounds, Opinion, Request, RequestStatus
from chalicelib.certificates.store.requests import RequestStore
from chalicelib.exchange.model import CLIENT
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Item, transact
from chalicelib.types import rfc3339
from chalicelib.usage.model import Entry, Kind, Receiver, look_id
from chalicelib.usage.service.recording import Recording

_ROUNDS = 5
_LOOK = timedelta(minutes=15)
_PURPOSE = "certificate-review"
_REFUSED = Reason(
    code="review-refused",
    zh="经人工审核，现有登记信息不符合出具条件；如有异议，可向出证部门申请复核",
    en="People looked at what is on record and found the conditions not met; the issuing department can look again",
)


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Requests that wait for a person."""

    store: RequestStore
    recording: Recording
    clock: Clock

    def waiting(self, limit: int, after: Mapping[str, Any] | None) -> tuple[list[Request], Item | None]:
        """Those that wait, the first due first, and the key to go on after."""
        return self.store.waiting(limit, after)

    def find(self, citizen_id: str, request_id: str) -> Request:
        """A request. Raises CertificateNotFound."""
        found = self.store.find(citizen_id, request_id)
        if found is None:
            raise CertificateNotFound
        return found

    def look(self, citizen_id: str, request_id: str, by: str) -> tuple[Request, dict[str, Any]]:
        """A request that waits, and what the departments told, by fact; put on record before it is shown.

        Raises CertificateNotFound, ReviewNotOpen.
        """
        request = self.find(citizen_id, request_id)
        batch = self.store.batch(citizen_id, request.batch_id)
        if request.status is not RequestStatus.REVIEW or batch is None:
            raise ReviewNotOpen
        needs = catalogue.types()[request.type_id].needs
        facts = {need.fact: batch.facts[need.fact] for need in needs if need.fact in batch.facts}
        transact([self.recording.entered(self._entry(request, each, by)) for each in facts.values()])
        log.event("certificate.looked-at", request=request.id, by=by)
        return request, {name: each.value for name, each in facts.items()}

    def _entry(self, request: Request, grounds: Grounds, by: str) -> Entry:
        """One look a quarter of an hour, for each of the facts."""
        seen = f"{request.id}\0{grounds.fact}\0{by}"
        own, began = look_id("look", self.clock(), _LOOK, seen)
        return Entry(
            id=own,
            person_id=request.person_id,
            kind=Kind.FACT,
            at=began,
            what=f"{grounds.department_id}/{grounds.fact}",
            purpose=_PURPOSE,
            case_id=request.batch_id,
            receiver=Receiver(code=CLIENT.rpartition("/")[0], name="", system=CLIENT),
            proof=own,
        )

    def approve(self, citizen_id: str, request_id: str, by: str, reason: str) -> Request:
        """The certificate is issued. Approving what is approved changes nothing.

        Raises CertificateNotFound, ReviewNotOpen.
        """
        for _ in range(_ROUNDS):
            request = self.find(citizen_id, request_id)
            if _done(request, "approve"):
                return request
            moved = self._decided(request, "approve", by, reason)
            if moved:
                return moved
        raise ReviewNotOpen

    def refuse(self, citizen_id: str, request_id: str, by: str, reason: str) -> Request:
        """The first who would refuse says so, the second refuses. Refusing what is refused changes nothing.

        Raises CertificateNotFound, ReviewNotOpen, ReviewNeedsAnother.
        """
        for _ in range(_ROUNDS):
            request = self.find(citizen_id, request_id)
            if _done(request, "refuse"):
                return request
            before = next((each for each in request.opinions if each.deed == "doubt-refusal"), None)
            if before and before.by == by:
                raise ReviewNeedsAnother
            moved = self._decided(request, "refuse" if before else "doubt-refusal", by, reason)
            if moved:
                return moved
        raise ReviewNotOpen

    def _decided(self, request: Request, event: str, by: str, reason: str) -> Request | None:
        if request.status is not RequestStatus.REVIEW:
            raise ReviewNotOpen
        opinion = Opinion(deed=event, by=by, at=rfc3339(self.clock()), reason=reason)
        told: dict[str, object] = {"opinions": (*request.opinions, opinion)}
        if event == "refuse":
            told["reason"] = _REFUSED
        moved = self.store.move(request.model_copy(update=told), event)
        if moved:
            log.event("certificate.reviewed", request=request.id, outcome=event, by=by)
        return moved


def _done(request: Request, event: str) -> bool:
    return (
        request.status is not RequestStatus.REVIEW
        and bool(request.opinions)
        and request.opinions[-1].deed == event
    )
