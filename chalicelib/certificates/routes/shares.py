"""Shares on the wire: a citizen's list, whoever opens a link, and institutions that were shown something."""

from typing import Any

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateNotReady
from chalicelib.certificates.model.certificates import Certificate
from chalicelib.certificates.model.shares import Share
from chalicelib.certificates.routes.share_wire import (
    Document,
    OpenedView,
    OpenShare,
    ReceiverView,
    ShareList,
    ShareView,
    WithUsList,
    WithUsView,
)
from chalicelib.certificates.routes.wire import LabelView, LinkView, Page
from chalicelib.certificates.share_errors import SHARE_REFUSALS, ShareNotFound
from chalicelib.errors import Invalid
from chalicelib.identity.model.accounts import Citizen
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.platform.clock import system_clock
from chalicelib.platform.http import JSON, Reply

routes = wiring.routes(__name__)


# -- the citizen
@routes.on("GET", "/v1/shares", auth=wiring.citizen, errors=(Invalid,))
def list_shares(caller: Citizen, query: Page) -> ShareList:
    """What I shared, with whom, for what, and when it was read."""
    found, certificates, cursor = wiring.sharing().list_own(caller, query.cursor, query.limit)
    items = [share_view(each, certificates.get(each.certificate_id)) for each in found]
    return ShareList(items=items, cursor=cursor)


@routes.on("DELETE", "/v1/shares/{share_id}", status=204, auth=wiring.citizen, errors=(ShareNotFound,))
def revoke_share(caller: Citizen, share_id: str) -> None:
    """Take a share back; one that is over stays as it is."""
    wiring.sharing().revoke(caller, share_id)


# -- whoever has a link
@routes.on("POST", "/v1/shares/open", errors=SHARE_REFUSALS)
def open_share(body: OpenShare) -> OpenedView:
    """Open a link, once: what the certificate is, and its file for five minutes."""
    shown = wiring.showing_certificates().open(body.secret, body.opener)
    share, certificate = shown.share, shown.certificate
    return OpenedView(
        type=certificate.type_id,
        type_name=_label(certificate.type_name),
        serial=certificate.serial,
        issuer=_label(certificate.issuer),
        issued_at=certificate.issued_at,
        valid_until=certificate.valid_until,
        purpose=share.purpose,
        format=share.form or "pdf",
        url=shown.url,
        expires_at=shown.until,
    )


# -- institutions
@routes.on("GET", "/v1/institutions/me/shares", auth=wiring.institution, errors=(Invalid,))
def list_shares_with_us(caller: Institution, query: Page) -> WithUsList:
    """Which certificates citizens have shared with this institution."""
    found, certificates, cursor = wiring.showing_certificates().inbox(caller, query.cursor, query.limit)
    known = [(each, certificates.get(each.certificate_id)) for each in found]
    return WithUsList(items=[_with_us(share, each) for share, each in known if each], cursor=cursor)


@routes.on("GET", "/v1/institutions/me/shares/{share_id}", auth=wiring.institution, errors=(ShareNotFound,))
def get_share_with_us(caller: Institution, share_id: str) -> WithUsView:
    """The detail behind an event about a share; the certificate itself is not read by it."""
    return _with_us(*wiring.showing_certificates().seen(caller, share_id))


@routes.on(
    "GET",
    "/v1/institutions/me/shares/{share_id}/document",
    status=302,
    auth=wiring.institution,
    errors=(*SHARE_REFUSALS, CertificateNotReady, SignatureReplayed),
)
def read_shared_certificate(caller: Institution, share_id: str, query: Document) -> Reply:
    """Where to fetch a shared certificate, for five minutes: one use, entered in its holder's usage log."""
    shown = wiring.showing_certificates().document(caller, share_id, query.format)
    if query.redirect:
        return Reply(302, headers={"Location": shown.url})
    link = LinkView(url=shown.url, expires_at=shown.until)
    return Reply(200, link.model_dump_json(by_alias=True), JSON)


def share_view(share: Share, certificate: Certificate | None) -> ShareView:
    """A share as its citizen sees it."""
    now = system_clock()
    receiver = share.institution_id
    own: dict[str, Any] = {
        "kind": share.kind.value,
        "certificate": share.request_id,
        "format": share.form,
        "institution": ReceiverView(id=receiver, name=share.institution_name or "") if receiver else None,
        "standing": certificate.standing_at(now) if certificate else None,
        "used_at": list(share.used_at),
    }
    return ShareView(**_shared(share), **own)


def _with_us(share: Share, certificate: Certificate) -> WithUsView:
    own: dict[str, Any] = {
        "issuer": _label(certificate.issuer),
        "formats": sorted(certificate.digests),
        "standing": certificate.standing_at(system_clock()),
    }
    return WithUsView(**_shared(share), **own)


def _shared(share: Share) -> dict[str, Any]:
    """What a share says, whoever sees it."""
    return {
        "id": share.id,
        "type": share.type_id,
        "type_name": _label(share.type_name),
        "serial": share.serial,
        "holder": share.holder,
        "purpose": share.purpose,
        "status": share.standing_at(system_clock()),
        "uses_left": share.uses_left,
        "created_at": share.created_at,
        "expires_at": share.ends_at,
    }


def _label(text: Any) -> LabelView:  # noqa: ANN401  (a text in both languages, whatever model holds it)
    return LabelView(zh=text.zh, en=text.en)
