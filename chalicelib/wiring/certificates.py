"""Official certificates, and the worker that prints them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.errors import Unavailable
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.exchange import exchange
from chalicelib.wiring.identity import faces
from chalicelib.wiring.mandates import mandates
from chalicelib.wiring.platform import DOCUMENT_CHAIN, certificate_bucket, core_table, cursors

if TYPE_CHECKING:
    from chalicelib.certificates.service.certificates import Certificates, Press


@cache
def certificates() -> Certificates:
    """Official certificates."""
    from chalicelib.certificates.papers import Papers
    from chalicelib.certificates.service.certificates import Certificates
    from chalicelib.certificates.service.subjects import Subjects
    from chalicelib.certificates.store import CertificateStore

    return Certificates(
        store=CertificateStore(core_table()),
        faces=faces(),
        subjects=Subjects(faces(), mandates()),
        exchange=exchange(),
        papers=Papers(certificate_bucket()),
        cursors=cursors(),
        press=_press,
        base_url=settings().public_base_url,
        clock=system_clock,
    )


@cache
def _press() -> Press:
    # Its libraries are in the certificate worker's layer: no other function has them, and none should pay for them.
    from chalicelib.certificates import pdf
    from chalicelib.platform.keys import Es256Signer

    chain = certificate_bucket().read(DOCUMENT_CHAIN)
    if chain is None:
        raise Unavailable
    signer = Es256Signer(settings().document_key)
    return pdf.Press(pdf.Signatory.from_pem(chain, signer.sign_der), system_clock)
