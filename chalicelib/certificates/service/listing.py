"""What a citizen sees of their certificates: the list, one of them, its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import CertificateNotFound, CertificateNotReady
from chalicelib.certificates.model.certificates import Certificate, Standing
from chalicelib.certificates.model.requests import Request, RequestStatus
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.papers import Papers
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.certificates.store.requests import RequestStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import commit
from chalicelib.usage.model import Entry, Kind, Receiver, Words, look_id
from chalicelib.usage.service.recording import Recording

_LINK_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request, and how the certificate that answers it stands now (None while there is none)."""

    request: Request
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a citizen sees of their certificates."""

    requests: RequestStore
    certificates: CertificateStore
    papers: Papers
    recording: Recording
    cursors: Cursors
    clock: Clock

    def kind(self, request: Request) -> CertificateType:
        """The catalogue's entry for a request."""
        return catalogue.types()[request.type_id]

    def list_own(self, citizen: Citizen, cursor: str | None, limit: int) -> tuple[list[Seen], str | None]:
        """The caller's requests, newest first, and the cursor of the next page. Raises Invalid (cursor)."""
        scope = f"certificates:{citizen.id}"
        found, last = self.requests.of(citizen.id, limit, self.cursors.open(scope, cursor))
        return self._seen(found), self.cursors.seal(scope, last)

    def get(self, citizen: Citizen, request_id: str) -> Seen:
        """One of the caller's requests. Raises CertificateNotFound, also for somebody else's."""
        return self._seen([self._own(citizen, request_id)])[0]

    def download_link(self, citizen: Citizen, request_id: str, form: str) -> tuple[str, datetime]:
        """An address that gives the certificate in one of its forms to whoever holds it, and its end in five minutes.

        It is entered in the holder's usage log first, once in five minutes. Raises CertificateNotFound,
        CertificateNotReady.
        """
        found = self._own(citizen, request_id)
        if found.status is not RequestStatus.ISSUED or form not in found.formats:
            raise CertificateNotReady
        certificate_id, now = found.certificate_id or "", self.clock()
        commit(self.recording.entered(self._entry(citizen, found, form, now)))
        log.event("certificate.downloaded", certificate=certificate_id, form=form, citizen=citizen.id)
        name = f"{self.kind(found).name.zh}-{found.serial}"
        seconds = int(_LINK_LIFE.total_seconds())
        return self.papers.link(certificate_id, form, name, seconds), now + _LINK_LIFE

    def _entry(self, citizen: Citizen, request: Request, form: str, now: datetime) -> Entry:
        """The download as the holder's log has it: by themselves, or by a relative with a mandate."""
        look, _ = look_id("read", now, _LINK_LIFE, f"{citizen.id}\0{request.certificate_id}")
        name, kind = citizen.account.holder or "*", self.kind(request)
        return Entry(
            id=look,
            person_id=request.person_id,
            kind=Kind.CERTIFICATE,
            at=now,
            what=f"certificate/{request.type_id}/{form}",
            label=Words(zh=kind.name.zh, en=kind.name.en),
            purpose=request.purpose,
            case_id=request.id,
            receiver=Receiver(code=request.mandate_id or "self", name=name, system="zerotrip"),
            proof=look,
        )

    def _own(self, citizen: Citizen, request_id: str) -> Request:
        found = self.requests.find(citizen.id, request_id)
        if found is None:
            raise CertificateNotFound
        return found

    def _seen(self, found: Sequence[Request]) -> list[Seen]:
        ids = {each.certificate_id for each in found if each.certificate_id}
        standing = self.certificates.find_all(ids) if ids else {}
        return [Seen(each, self._standing(each, standing)) for each in found]

    def _standing(self, request: Request, certificates: Mapping[str, Certificate]) -> Standing | None:
        if request.status is not RequestStatus.ISSUED or request.certificate_id is None:
            return None
        certificate = certificates.get(request.certificate_id)
        return certificate.standing_at(self.clock()) if certificate else None
