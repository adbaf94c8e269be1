"""Clients, tables, queues, keys: what every room stands on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.errors import Unavailable
from chalicelib.platform.http import Routes

if TYPE_CHECKING:
    from chalicelib.platform.alipay import Gateway, Trust
    from chalicelib.platform.alipay_trust import CertificateTrust
    from chalicelib.platform.blobs import Bucket
    from chalicelib.platform.cursor import Cursors
    from chalicelib.platform.dynamo import Table
    from chalicelib.platform.idempotency import Idempotency
    from chalicelib.platform.keys import Mac, Sealer
    from chalicelib.platform.queue import Queues
    from chalicelib.platform.signatures import RequestSigner
    from chalicelib.platform.tokens import Tokens

DOCUMENT_CHAIN = "trust/document-signer.pem"
"""Where the certificate bucket keeps the document key's certificate, followed by its issuers'."""
TIME_STAMP_CHAIN = "trust/time-stamps.pem"
"""Where it keeps the time-stamp authority's certificate, followed by its issuers'."""
PAYMENT_APP_TRUST = (
    "trust/payment-app/app.crt",
    "trust/payment-app/platform.crt",
    "trust/payment-app/roots.crt",
)
"""Where it keeps the three files of the payment app's certificate mode: ours, the platform's, the platform's roots."""
KEY_MODE = "key"


@cache
def core_table() -> Table:
    """The table of everything but the hot clinic sessions."""
    from chalicelib.platform.dynamo import Table

    return Table(settings().core_table)


@cache
def clinic_table() -> Table:
    """One item per clinic session: its slots and who holds them."""
    from chalicelib.platform.dynamo import Table

    return Table(settings().clinic_table)


@cache
def queues() -> Queues:
    """The work queues by name."""
    from chalicelib.platform.queue import Queues

    urls = settings()
    return Queues(
        {
            "payments": urls.payments_queue_url,
            "certificates": urls.certificates_queue_url,
            "events": urls.events_queue_url,
            "notices": urls.notices_queue_url,
        }
    )


@cache
def certificate_bucket() -> Bucket:
    """The issued certificates' files."""
    from chalicelib.platform.blobs import Bucket

    return Bucket(settings().certificate_bucket, settings().storage_key, DOCUMENT_CHAIN)


@cache
def identity_sealer() -> Sealer:
    """Seals names and identity numbers."""
    from chalicelib.platform.keys import Sealer

    return Sealer(settings().identity_key)


@cache
def identity_mac() -> Mac:
    """Turns an identity number into a person id."""
    from chalicelib.platform.keys import Mac

    return Mac(settings().identity_mac_key)


@cache
def code_mac() -> Mac:
    """Card codes' day keys, cursors, pairwise pseudonyms."""
    from chalicelib.platform.keys import Mac

    return Mac(settings().code_mac_key)


@cache
def cursors() -> Cursors:
    """Seals lists' cursors."""
    from chalicelib.platform.cursor import Cursors

    return Cursors(code_mac())


@cache
def tokens() -> Tokens:
    """Session and presence tokens."""
    from chalicelib.platform.keys import Es256Signer
    from chalicelib.platform.tokens import Tokens

    chosen = settings()
    keys = {"A": Es256Signer(chosen.token_key), "B": Es256Signer(chosen.token_key_b)}
    alone, _, slot = chosen.token_key_slot.rpartition("-")
    signer = keys.pop(slot)
    return Tokens(signer, chosen.public_base_url, () if alone else tuple(keys.values()))


@cache
def outbound_signer() -> RequestSigner:
    """Signs our calls to departments and institutions."""
    from chalicelib.platform.keys import Es256Signer
    from chalicelib.platform.signatures import RequestSigner

    return RequestSigner(Es256Signer(settings().outbound_key))


@cache
def payment_app() -> Gateway:
    """The payment app's open platform."""
    from chalicelib.platform.alipay import Gateway
    from chalicelib.platform.keys import RsaSigner

    chosen = settings()
    signer = RsaSigner(chosen.payment_app_key)
    return Gateway(chosen.payment_app_gateway, chosen.payment_app_id, _payment_app_trust(), signer)


def _payment_app_trust() -> Trust:
    from chalicelib.platform.alipay import KeyTrust

    return payment_app_certificates() or KeyTrust(settings().payment_app_public_key)


@cache
def payment_app_certificates() -> CertificateTrust | None:
    """The certificates that we and the payment app live by; None in key mode."""
    if settings().payment_app_trust == KEY_MODE:
        return None
    from chalicelib.platform.alipay_trust import CertificateMemory, CertificateTrust

    app, platform, roots = map(certificate_bucket().read, PAYMENT_APP_TRUST)
    if app is None or platform is None or roots is None:
        raise Unavailable
    return CertificateTrust(app, platform, roots, CertificateMemory(core_table()))


@cache
def idempotency() -> Idempotency:
    """Remembers the answers to POSTs that carry a key."""
    from chalicelib.platform.idempotency import Idempotency

    return Idempotency(core_table())


def routes(import_name: str) -> Routes:
    """A capability's blueprint."""
    return Routes(import_name, idempotency)
