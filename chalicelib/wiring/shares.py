"""Certificates that are shown to somebody."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.institutions import institutions
from chalicelib.wiring.mandates import mandates
from chalicelib.wiring.platform import certificate_bucket, code_mac, core_table, cursors
from chalicelib.wiring.usage import recording

if TYPE_CHECKING:
    from chalicelib.certificates.papers import Papers
    from chalicelib.certificates.service.sharing import Sharing
    from chalicelib.certificates.service.showing import Showing
    from chalicelib.certificates.store.certificates import CertificateStore
    from chalicelib.certificates.store.requests import RequestStore
    from chalicelib.certificates.store.shares import ShareStore


@cache
def sharing() -> Sharing:
    """Shares as their citizen has them."""
    from chalicelib.certificates.service.sharing import Sharing

    return Sharing(
        shares=_shares(),
        requests=_requests(),
        certificates=_certificates(),
        institutions=institutions(),
        mandates=mandates(),
        mac=code_mac(),
        cursors=cursors(),
        clock=system_clock,
    )


@cache
def showing_certificates() -> Showing:
    """Shares as their readers have them."""
    from chalicelib.certificates.service.showing import Showing

    return Showing(
        shares=_shares(),
        certificates=_certificates(),
        institutions=institutions(),
        mandates=mandates(),
        recording=recording(),
        papers=_papers(),
        cursors=cursors(),
        clock=system_clock,
    )


@cache
def _shares() -> ShareStore:
    from chalicelib.certificates.store.shares import ShareStore

    return ShareStore(core_table())


@cache
def _requests() -> RequestStore:
    from chalicelib.certificates.store.requests import RequestStore

    return RequestStore(core_table())


@cache
def _certificates() -> CertificateStore:
    from chalicelib.certificates.store.certificates import CertificateStore

    return CertificateStore(core_table())


@cache
def _papers() -> Papers:
    from chalicelib.certificates.papers import Papers

    return Papers(certificate_bucket())
