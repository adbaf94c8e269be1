"""A citizen shows a certificate to somebody: by a link that opens once, or to an institution; sees it, takes it back.

A link's secret is told once, to whoever makes the share, and kept as a hash. It follows from the share's id and a key
in KMS, so that a repetition of the same wish (whose answer was lost) gets the same link and nothing is written for it.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.certificates.errors import CertificateNotFound, CertificateNotReady
from chalicelib.certificates.model.certificates import Certificate
from chalicelib.certificates.model.requests import Request, RequestStatus
from chalicelib.certificates.model.shares import Form, Share, ShareKind, ShareStatus, hidden
from chalicelib.certificates.share_errors import CertificateNotStanding, ReceiverUnknown, ShareNotFound
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.certificates.store.requests import RequestStore
from chalicelib.certificates.store.shares import Claimed, DayNotBegun, ShareMoved, ShareStore
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.institutions.errors import InstitutionUnknown
from chalicelib.institutions.model import Registration
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.mandates.model.mandates import Action
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import Write, commit, transact
from chalicelib.platform.idempotency import KeyReused
from chalicelib.platform.keys import Mac, b64url
from chalicelib.platform.outbox import Message, message
from chalicelib.platform.rounds import rounds
from chalicelib.types import new_id


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shared: to whom, for what, how often, for how long. `key` makes a repetition the same wish."""

    kind: ShareKind
    purpose: str
    life: timedelta
    form: Form | None = None
    institution_id: str | None = None
    uses: int = 1
    key: str | None = None

    def digest(self, request_id: str) -> str:
        """What tells another wish under the same key."""
        said = (
            request_id,
            self.kind,
            self.purpose,
            self.life.total_seconds(),
            self.form,
            self.institution_id,
        )
        return sha256(json.dumps([*said, self.uses]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sharing:
    """Shares as their citizen has them."""

    shares: ShareStore
    requests: RequestStore
    certificates: CertificateStore
    institutions: Institutions
    mandates: Mandates
    mac: Mac
    cursors: Cursors
    clock: Clock

    def share(self, citizen: Citizen, request_id: str, wish: Wish) -> Share:
        """Show the certificate that answers a request. One transaction; the institution is told by an event.

        The same wish under the same key, within a day, is the same share. Raises CertificateNotFound,
        CertificateNotReady, CertificateNotStanding, ReceiverUnknown, TooManyShares, KeyReused and, for a family
        member's certificate, MandateNotFound, MandateEnded, ActionNotMandated.
        """
        if granted := self._granted(citizen, request_id, wish):
            return granted
        request = self._issued(citizen, request_id, wish)
        certificate = self.certificates.find(request.certificate_id or "")
        now = self.clock()
        if certificate is None or certificate.standing_at(now) != "valid":
            raise CertificateNotStanding
        receiver = self._receiver(wish)
        share = _share(citizen, request, certificate, wish, receiver, now)
        told = [_event(share, "share.created", share.version)] if receiver and receiver.endpoint else []
        return self._grant(citizen, request_id, wish, share, told)

    def certificate(self, share: Share) -> Certificate | None:
        """The certificate that a share shows, as it stands this moment."""
        return self.certificates.find(share.certificate_id)

    def secret(self, share: Share) -> str | None:
        """A link's secret, while the link stands: 256 bits that nobody can make without our key."""
        if share.kind is not ShareKind.LINK or share.standing_at(self.clock()) != "standing":
            return None
        return self._secret(share.id)

    def list_own(
        self, citizen: Citizen, cursor: str | None, limit: int
    ) -> tuple[list[Share], Mapping[str, Certificate], str | None]:
        """The caller's shares, newest first, their certificates, and the cursor of the next page. Raises Invalid."""
        scope = f"shares:{citizen.id}"
        found, last = self.shares.of(citizen.id, limit, self.cursors.open(scope, cursor))
        ids = {each.certificate_id for each in found}
        certificates = self.certificates.find_all(ids) if ids else {}
        return found, certificates, self.cursors.seal(scope, last)

    def revoke(self, citizen: Citizen, share_id: str) -> None:
        """Take a share back: from now on nobody reads by it. One that is over already stays as it is.

        Whoever fetched the file has it. Raises ShareNotFound, also for somebody else's.
        """
        for _ in rounds():
            share = self.shares.find(citizen.id, share_id)
            if share is None:
                raise ShareNotFound
            if share.standing_at(self.clock()) != "standing":
                return
            told = [_event(share, "share.revoked", share.version + 1)] if share.institution_id else []
            try:
                commit(self.shares.revoking(share, told))
            except ShareMoved:
                continue
            log.event("share.revoked", share=share.id, citizen=citizen.id)
            return
        raise Unavailable

    def _issued(self, citizen: Citizen, request_id: str, wish: Wish) -> Request:
        request = self.requests.find(citizen.id, request_id)
        if request is None:
            raise CertificateNotFound
        if request.mandate_id:
            self.mandates.active(citizen, request.mandate_id, Action.CERTIFICATES)
        if request.status is not RequestStatus.ISSUED or (wish.form and wish.form not in request.formats):
            raise CertificateNotReady
        return request

    def _receiver(self, wish: Wish) -> Registration | None:
        if wish.institution_id is None:
            return None
        try:
            return self.institutions.registered(wish.institution_id)
        except InstitutionUnknown:
            raise ReceiverUnknown(("/institutionId", "no institution of this id takes part")) from None

    def _grant(
        self, citizen: Citizen, request_id: str, wish: Wish, share: Share, told: Sequence[Message]
    ) -> Share:
        """Write it down, unless the same wish was granted meanwhile."""
        kept = hidden(self._secret(share.id)) if share.kind is ShareKind.LINK else None
        first = False
        for _ in rounds():
            try:
                transact([*self._wishing(share, wish), *self._counted(share, kept, told, first=first)])
            except DayNotBegun:
                first = True
            except Claimed:
                first = False
                if granted := self._granted(citizen, request_id, wish):
                    return granted
            else:
                log.event("share.granted", share=share.id, kind=share.kind, citizen=citizen.id)
                return share
        raise Unavailable

    def _wishing(self, share: Share, wish: Wish) -> list[Write]:
        key = wish.key and hidden(wish.key)
        return [self.shares.wish(share, key, wish.digest(share.request_id))] if key else []

    def _counted(
        self, share: Share, kept: str | None, told: Sequence[Message], *, first: bool
    ) -> list[Write]:
        return [self.shares.count(share, first=first), *self.shares.granting(share, kept, told)]

    def _granted(self, citizen: Citizen, request_id: str, wish: Wish) -> Share | None:
        """What the same wish led to before. Raises KeyReused where the key came with another one."""
        found = self.shares.wished(citizen.id, hidden(wish.key)) if wish.key else None
        if found is None:
            return None
        share_id, wished = found
        if wished != wish.digest(request_id):
            raise KeyReused
        return self.shares.find(citizen.id, share_id)

    def _secret(self, share_id: str) -> str:
        return b64url(hmac.digest(self.mac.derive("share-link"), share_id.encode(), "sha256"))


def _share(
    citizen: Citizen,
    request: Request,
    certificate: Certificate,
    wish: Wish,
    receiver: Registration | None,
    now: datetime,
) -> Share:
    return Share(
        id=new_id("shr", now),
        kind=wish.kind,
        citizen_id=citizen.id,
        person_id=certificate.person_id,
        request_id=request.id,
        certificate_id=certificate.id,
        type_id=certificate.type_id,
        type_name=certificate.type_name,
        serial=certificate.serial,
        purpose=wish.purpose,
        form=wish.form,
        institution_id=receiver.id if receiver else None,
        institution_name=receiver.name if receiver else None,
        mandate_id=request.mandate_id,
        holder=request.holder or citizen.account.holder,
        status=ShareStatus.STANDING,
        version=1,
        uses_left=wish.uses,
        created_at=now,
        ends_at=now + wish.life,
    )


def _event(share: Share, event: str, version: int) -> Message:
    institution = share.institution_id or ""
    return message("events", "event.deliver", share.id, version, institution=institution, event=event)
