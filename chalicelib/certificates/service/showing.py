"""A shared certificate is read: by whoever opens its link, once, or by the institution that it was shared with.

A read, its entry in the holder's usage log and the notice to the citizen are one transaction, in which the certificate
must stand. Reading again within five minutes, by the same reader, is the same read: whoever lost the answer, or died
before giving it, loses nothing and leaves no second entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.certificates.errors import CertificateNotReady
from chalicelib.certificates.model.certificates import Certificate
from chalicelib.certificates.model.shares import FILE_LIFE, Form, Share, hidden, is_secret
from chalicelib.certificates.papers import Papers
from chalicelib.certificates.share_errors import (
    CertificateNotStanding,
    ShareNotFound,
    ShareOver,
    ShareRevoked,
    ShareUsed,
)
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.certificates.store.shares import ShareMoved, ShareStore
from chalicelib.errors import Unavailable
from chalicelib.institutions.model import Institution
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound
from chalicelib.mandates.model.mandates import Action, reference
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import transact
from chalicelib.platform.outbox import Message, message
from chalicelib.platform.rounds import rounds
from chalicelib.types import follow_id
from chalicelib.usage.model import Entry, Kind, Receiver, Words
from chalicelib.usage.service.recording import Recording

_ENDS = {"used": ShareUsed, "over": ShareOver, "revoked": ShareRevoked}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: as the usage log names them, what proves it, and what tells them from another reader."""

    receiver: Receiver
    proof: str
    opener: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as it is shown, and where its file is, until when."""

    share: Share
    certificate: Certificate
    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Showing:
    """Shares as their readers have them."""

    shares: ShareStore
    certificates: CertificateStore
    institutions: Institutions
    mandates: Mandates
    recording: Recording
    papers: Papers
    cursors: Cursors
    clock: Clock

    def open(self, secret: str, opener: str) -> Shown:
        """Open a link, once. `opener` is what the opener's own device called itself: with it they may ask again.

        Raises ShareNotFound, ShareUsed, ShareOver, ShareRevoked, CertificateNotStanding.
        """
        receiver = Receiver(code="link", name="", system="zerotrip/share-link")
        kept = hidden(secret) if is_secret(secret) else None
        for _ in rounds():
            share = self.shares.behind_link(kept) if kept else None
            if share is None or share.form is None:
                raise ShareNotFound
            reader = Reader(receiver, share.id, hidden(opener))
            if shown := self._read(share, reader, share.form):
                return shown
        raise Unavailable

    def document(self, institution: Institution, share_id: str, form: Form) -> Shown:
        """Fetch a shared certificate; all forms fetched within five minutes are one use.

        It uses the request's nonce up. Raises ShareNotFound, ShareUsed, ShareOver, ShareRevoked,
        CertificateNotStanding, CertificateNotReady, SignatureReplayed.
        """
        self.institutions.once(institution)
        receiver = Receiver(code=institution.id, name=institution.name, system=institution.key_id)
        for _ in rounds():
            share = self.shares.behind(institution.id, share_id)
            if share is None:
                raise ShareNotFound
            if shown := self._read(share, Reader(receiver, institution.nonce), form):
                return shown
        raise Unavailable

    def seen(self, institution: Institution, share_id: str) -> tuple[Share, Certificate]:
        """What was shared with an institution: about which certificate, for what, how often. Raises ShareNotFound."""
        share = self.shares.behind(institution.id, share_id)
        certificate = self.certificates.find(share.certificate_id) if share else None
        if share is None or certificate is None:
            raise ShareNotFound
        return share, certificate

    def inbox(
        self, institution: Institution, cursor: str | None, limit: int
    ) -> tuple[list[Share], Mapping[str, Certificate], str | None]:
        """What was shared with an institution, newest first; the certificates; the cursor. Raises Invalid."""
        scope = f"shares-with:{institution.id}"
        found, last = self.shares.with_institution(institution.id, limit, self.cursors.open(scope, cursor))
        ids = {each.certificate_id for each in found}
        certificates = self.certificates.find_all(ids) if ids else {}
        return found, certificates, self.cursors.seal(scope, last)

    def _read(self, share: Share, reader: Reader, form: Form) -> Shown | None:
        """The certificate, by a read that is entered; None where somebody else was first: look again."""
        now = self.clock()
        certificate = self.certificates.find(share.certificate_id)
        if certificate is None or certificate.standing_at(now) != "valid":
            raise CertificateNotStanding
        if form not in certificate.digests:
            raise CertificateNotReady
        if not self._goes_on(share, reader, now):
            self._require_standing(share, now)
            after = share.read_at(now, reader.opener)
            if not self._entered(share, after, certificate, reader, form):
                return None
            share = after
        until = share.used_at[-1] + FILE_LIFE
        seconds = max(1, int((until - now).total_seconds()))
        name = f"{certificate.type_name.zh}-{certificate.serial}"
        return Shown(share, certificate, self.papers.link(certificate.id, form, name, seconds), until)

    def _goes_on(self, share: Share, reader: Reader, now: datetime) -> bool:
        """Whether this is the last read again, and nothing ended it."""
        return share.status != "revoked" and share.opener == reader.opener and share.reading_at(now)

    def _require_standing(self, share: Share, now: datetime) -> None:
        if end := _ENDS.get(share.standing_at(now)):
            raise end
        if share.mandate_id is None:
            return
        try:
            self.mandates.standing(reference(share.mandate_id), Action.CERTIFICATES)
        except (MandateNotFound, MandateEnded, ActionNotMandated):
            raise ShareRevoked from None

    def _entered(
        self, share: Share, after: Share, certificate: Certificate, reader: Reader, form: Form
    ) -> bool:
        """Whether the read took place, in one transaction: share, log, notice, and the certificate standing."""
        read = _entry(after, reader, form)
        try:
            transact(
                [
                    self.shares.reading(share, after, _notices(after)),
                    self.certificates.holding(certificate.id, CertificateNotStanding()),
                    self.recording.entered(read),
                ]
            )
        except ShareMoved:
            return False
        log.event("share.read", share=share.id, kind=share.kind, form=form, left=after.uses_left)
        return True


def _entry(share: Share, reader: Reader, form: Form) -> Entry:
    at = share.used_at[-1]
    return Entry(
        id=follow_id("read", at, f"{share.id}\0{len(share.used_at)}"),
        person_id=share.person_id,
        kind=Kind.CERTIFICATE,
        at=at,
        what=f"certificate/{share.type_id}/{form}",
        label=Words(zh=share.type_name.zh, en=share.type_name.en),
        purpose=share.purpose,
        case_id=share.id,
        receiver=reader.receiver,
        proof=reader.proof,
    )


def _notices(share: Share) -> list[Message]:
    """Whoever shared it is told, and so is the holder where a relative shared it."""
    kind = "share-read" if share.institution_name else "share-opened"
    names = {"reader": share.institution_name} if share.institution_name else {}
    told = [
        message(
            "notices", "notice.send", share.id, share.version, citizen=share.citizen_id, kind=kind, **names
        )
    ]
    if share.mandate_id is None:
        return told
    person = {"person": share.person_id, "kind": kind, **names}
    return [*told, message("notices", "notice.send-person", share.id, share.version, **person)]
