"""The issuing department's verbs: revoke, suspend, resume.

One transaction changes the record, what the status list says, and asks for the list's publication and for the holder's
notice; none of them can be lost without the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.certificates.errors import CertificateNotFound, CertificateRevoked
from chalicelib.certificates.model.certificates import (
    TRANSITIONS,
    Certificate,
    CertificateStatus,
    Change,
    is_certificate_id,
)
from chalicelib.certificates.model.withdrawals import STATUS, Act
from chalicelib.certificates.service.reasons import reasons, told_reason
from chalicelib.certificates.service.statuses import Statuses
from chalicelib.certificates.store.certificates import CertificateMoved, CertificateStore
from chalicelib.certificates.store.holders import HolderStore
from chalicelib.certificates.store.statuses import publish_of
from chalicelib.errors import Invalid
from chalicelib.institutions.model import Institution, Kind
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Contended, Write, transact
from chalicelib.platform.outbox import Message, message

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """What departments do to their certificates."""

    store: CertificateStore
    holders: HolderStore
    statuses: Statuses
    institutions: Institutions
    clock: Clock

    def withdraw(
        self, caller: Institution, certificate_id: str, act: Act, reason: str, note: str | None = None
    ) -> Certificate:
        """Let a certificate of the caller's be revoked, suspended or valid again; where it is so already, it stays.

        `note` is kept for the department and shown to nobody else. Raises CertificateNotFound (also for another
        department's), CertificateRevoked, Invalid (a reason that is none for this act), SignatureReplayed, Contended.
        """
        self._own(caller, certificate_id)
        if reason not in reasons() or act not in reasons()[reason].acts:
            allowed = ", ".join(code for code, why in reasons().items() if act in why.acts)
            raise Invalid(("/reason", f"must be one of {allowed}"))
        self.institutions.once(
            caller
        )  # a resumed certificate must not be suspended by the old request sent again
        for _ in range(_TRIES):
            try:
                return self._changed(caller, certificate_id, act, reason, note)
            except (CertificateMoved, Contended):
                continue
        raise Contended

    def _own(self, caller: Institution, certificate_id: str) -> Certificate:
        asked = caller.kind is Kind.DEPARTMENT and is_certificate_id(certificate_id)
        found = self.store.find(certificate_id) if asked else None
        if found is None or found.department_id != caller.id or found.status is CertificateStatus.ISSUING:
            raise CertificateNotFound
        return found

    def _changed(
        self, caller: Institution, certificate_id: str, act: Act, reason: str, note: str | None
    ) -> Certificate:
        standing = self._own(caller, certificate_id)
        sources, target = TRANSITIONS[act]
        if standing.status is target:
            return standing
        if standing.status not in sources:
            raise CertificateRevoked
        change = Change(at=self.clock(), status=target, reason=reason, by=caller.id, note=note)
        transact(self._writes(standing, act, change))
        log.event("certificate.withdrawn", certificate=standing.id, act=act, by=caller.id, reason=reason)
        return standing.model_copy(update={"status": target, "changes": (*standing.changes, change)})

    def _writes(self, standing: Certificate, act: Act, change: Change) -> Iterable[Write]:
        version = standing.version + 1
        messages = self._notices(standing, act, change, version)
        place = standing.status_list, standing.status_index
        if place[0] is None or place[1] is None:
            return [self.store.moving(standing, act, change, messages)]
        messages.append(publish_of(standing.id, version, place[0]))
        marked = self.statuses.mark(place[0], place[1], STATUS[change.status])
        return [self.store.moving(standing, act, change, messages), *marked]

    def _notices(self, standing: Certificate, act: Act, change: Change, version: int) -> list[Message]:
        """Tells everybody who was given it. The reason is told as to anyone: somebody may read over a shoulder."""
        why = told_reason(change.reason)
        words = {"reason_zh": why.zh, "reason_en": why.en} if why else {}
        return [
            message("notices", "notice.send", request, version, citizen=citizen, kind=_KINDS[act], **words)
            for request, citizen in self.holders.of(standing.id).items()
        ]


_KINDS = {
    Act.REVOKE: "certificate-revoked",
    Act.SUSPEND: "certificate-suspended",
    Act.RESUME: "certificate-resumed",
}
