"""Proof that nobody revoked the signer: fetched, checked, kept while it is fresh, and never waited for twice."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.certificates import pdf
from chalicelib.errors import Unavailable
from sandbox.trust import DOCUMENT_ISSUER, Authority
from tests import documents

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


class Lists:
    """The authorities' web servers, and a clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.asked: list[str] = []
        self.broken: bytes | None = None
        self.down = False
        self.revoked: tuple[int, ...] = ()

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.down:
            raise Unavailable
        return self.broken or documents.revocation_list(url, self.now, *self.revoked)

    def revocations(self) -> pdf.Revocations:
        chain = tuple(x509.load_pem_x509_certificates(documents.chain()))
        return pdf.Revocations(self.fetch, (chain, documents.time_chain()), lambda: self.now)


@pytest.fixture
def lists() -> Lists:
    return Lists()


def test_every_issuers_list_is_given_once_and_kept_for_an_hour(lists: Lists) -> None:
    revocations = lists.revocations()
    found = revocations.lists()
    issuers = [x509.load_der_x509_crl(each).issuer for each in found]
    expected = [documents.issuer(), documents.root(), documents.time_root()]
    assert issuers == [each.certificate.subject for each in expected]
    lists.now += timedelta(minutes=59)
    assert revocations.lists() == found
    assert len(lists.asked) == 3
    lists.now += timedelta(minutes=1)
    assert revocations.lists() != found


def test_with_a_revoked_signer_nothing_is_signed(lists: Lists) -> None:
    signer = x509.load_pem_x509_certificates(documents.chain())[0]
    lists.revoked = (signer.serial_number,)
    with pytest.raises(pdf.SignerRevoked):
        lists.revocations().lists()


def test_who_does_not_answer_is_asked_again_after_a_minute(lists: Lists) -> None:
    lists.down = True
    revocations = lists.revocations()
    assert revocations.lists() == revocations.lists() == ()
    assert len(lists.asked) == 3
    lists.down, lists.now = False, NOW + timedelta(minutes=1)
    assert len(revocations.lists()) == 3


def test_a_list_that_still_holds_serves_while_its_authority_is_away(lists: Lists) -> None:
    revocations = lists.revocations()
    found = revocations.lists()
    lists.down, lists.now = True, NOW + timedelta(days=6)
    assert revocations.lists() == found
    lists.now = NOW + timedelta(days=8)
    assert revocations.lists() == ()


@pytest.mark.parametrize("what", ["forged", "old", "broken", "future"])
def test_a_list_that_is_not_the_issuers_or_not_of_today_is_none(lists: Lists, what: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    lists.broken = {
        "forged": Authority.root(DOCUMENT_ISSUER, key, NOW).revocation_list(NOW),
        "old": documents.issuer().revocation_list(NOW - timedelta(days=8)),
        "future": documents.issuer().revocation_list(NOW + timedelta(days=1)),
        "broken": b"\x30\x03abc",
    }[what]
    assert lists.revocations().lists() == ()


def test_an_authority_without_a_list_is_not_asked(lists: Lists) -> None:
    own = Authority.root(DOCUMENT_ISSUER, ec.generate_private_key(ec.SECP256R1()), NOW)
    signer = own.stamper(documents.STAMP_KEY.public_key(), NOW)
    revocations = pdf.Revocations(lists.fetch, ((signer, own.certificate),), lambda: NOW)
    assert revocations.lists() == ()
    assert lists.asked == []
