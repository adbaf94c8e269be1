"""Official certificates: asking for them, listing, verifying, and the worker that prints them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.config import settings
from chalicelib.errors import Unavailable
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.cases import cases
from chalicelib.wiring.exchange import consents, exchange
from chalicelib.wiring.identity import faces
from chalicelib.wiring.institutions import institutions
from chalicelib.wiring.mandates import mandates
from chalicelib.wiring.platform import (
    DOCUMENT_CHAIN,
    TIME_STAMP_CHAIN,
    certificate_bucket,
    core_table,
    cursors,
)
from chalicelib.wiring.usage import recording

if TYPE_CHECKING:
    from chalicelib.certificates.papers import Papers
    from chalicelib.certificates.pdf import Stamper
    from chalicelib.certificates.seal import Seal
    from chalicelib.certificates.service.certifying import Press
    from chalicelib.certificates.service.issuing import Issuing
    from chalicelib.certificates.service.listing import Listing
    from chalicelib.certificates.service.requesting import Requesting
    from chalicelib.certificates.service.statuses import Statuses
    from chalicelib.certificates.service.subjects import Subjects
    from chalicelib.certificates.service.sweeping import Sweeping
    from chalicelib.certificates.service.verifying import Verifying
    from chalicelib.certificates.service.withdrawing import Withdrawing
    from chalicelib.certificates.store.certificates import CertificateStore
    from chalicelib.certificates.store.holders import HolderStore
    from chalicelib.certificates.store.requests import RequestStore
    from chalicelib.platform.keys import Es256Signer


@cache
def requesting() -> Requesting:
    """A citizen asks for certificates."""
    from chalicelib.certificates.service.requesting import Requesting

    return Requesting(_requests(), _subjects(), consents(), system_clock)


@cache
def certificates() -> Listing:
    """What a citizen sees of their certificates."""
    from chalicelib.certificates.service.listing import Listing

    return Listing(_requests(), _certificates(), _papers(), recording(), cursors(), system_clock)


@cache
def verifying() -> Verifying:
    """Anyone asks whether a certificate is genuine."""
    from chalicelib.certificates.service.verifying import Verifying

    return Verifying(_certificates(), statuses(), system_clock)


@cache
def withdrawing() -> Withdrawing:
    """Departments withdraw what they issued."""
    from chalicelib.certificates.service.withdrawing import Withdrawing

    return Withdrawing(_certificates(), _holders(), statuses(), institutions(), system_clock)


@cache
def _holders() -> HolderStore:
    from chalicelib.certificates.store.holders import HolderStore

    return HolderStore(core_table())


@cache
def issuing() -> Issuing:
    """The worker takes requests to their end."""
    from chalicelib.certificates.service.certifying import Certifying
    from chalicelib.certificates.service.gathering import Gathering
    from chalicelib.certificates.service.issuing import Issuing

    certifying = Certifying(
        _certificates(), statuses(), _papers(), _press, seal, settings().public_base_url, system_clock
    )
    gathering = Gathering(_requests(), exchange(), system_clock)
    return Issuing(_requests(), _holders(), faces(), _subjects(), gathering, certifying, system_clock)


@cache
def certificate_sweeping() -> Sweeping:
    """What stayed open is asked for again, and told to people when it is late."""
    from chalicelib.certificates.service.sweeping import Sweeping

    return Sweeping(_requests(), cases(), system_clock)


def administer_certificates(event: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to an administrator's request about reviews."""
    from chalicelib.certificates.service.administration import Administration
    from chalicelib.certificates.service.reviewing import Reviewing

    reviewing = Reviewing(_requests(), recording(), system_clock)
    return Administration(reviewing, cursors()).serve(event)


@cache
def statuses() -> Statuses:
    """The status lists."""
    from chalicelib.certificates.service.statuses import Statuses
    from chalicelib.certificates.status import StatusFiles
    from chalicelib.certificates.store.statuses import StatusStore

    files = StatusFiles(certificate_bucket(), settings().public_base_url, seal)
    return Statuses(StatusStore(core_table()), files, system_clock)


@cache
def document_signer() -> Es256Signer:
    """The document key; who checks certificates needs its public half."""
    from chalicelib.platform.keys import Es256Signer

    return Es256Signer(settings().document_key)


@cache
def seal() -> Seal:
    """The document key as it signs JSON."""
    from chalicelib.certificates.seal import Seal

    return Seal.from_pem(_document_chain(), document_signer().sign)


def _document_chain() -> bytes:
    chain = certificate_bucket().read(DOCUMENT_CHAIN)
    if chain is None:
        raise Unavailable
    return chain


@cache
def _requests() -> RequestStore:
    from chalicelib.certificates.store.requests import RequestStore

    return RequestStore(core_table())


@cache
def _certificates() -> CertificateStore:
    from chalicelib.certificates.store.certificates import CertificateStore

    return CertificateStore(core_table())


@cache
def _subjects() -> Subjects:
    from chalicelib.certificates.service.subjects import Subjects

    return Subjects(faces(), mandates())


@cache
def _papers() -> Papers:
    from chalicelib.certificates.papers import Papers

    return Papers(certificate_bucket())


@cache
def _press() -> Press:
    # Its libraries are in the certificate worker's layer: no other function has them, and none should pay for them.
    from chalicelib.certificates import pdf

    signatory = pdf.Signatory.from_pem(_document_chain(), document_signer().sign_der)
    stamper = _stamper()
    chains = ((signatory.certificate, *signatory.issuers), *((stamper.chain,) if stamper else ()))
    revocations = pdf.Revocations(pdf.fetch_list, chains, system_clock)
    return pdf.Press(signatory, system_clock, stamper, revocations)


def _stamper() -> Stamper | None:
    url = settings().timestamp_url
    if not url:
        return None
    from chalicelib.certificates import pdf

    chain = certificate_bucket().read(TIME_STAMP_CHAIN)
    if chain is None:
        raise Unavailable
    return pdf.Stamper(pdf.ask_over_http(url), pdf.certificates_of(chain), system_clock)
