"""A certificate that outlives its authorities' servers: stamped, with all that validates it, under one signature."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pyhanko.sign.validation.status import SignatureCoverageLevel

from chalicelib.certificates import pdf
from chalicelib.errors import Unavailable
from tests import documents, papers
from tests.unit.certificates.test_pdf import NO_HOUSE, NOW, content

PLACES = 60


def press(
    ask: Callable[[bytes], bytes] | None = None, fetch: Callable[[str], bytes] | None = None
) -> pdf.Press:
    """A worker with a time-stamp authority and with issuers that publish lists."""
    stamper = pdf.Stamper(
        ask or (lambda question: documents.stamp_signer().answer(question, NOW)),
        documents.time_chain(),
        lambda: NOW,
    )
    signatory = documents.signatory()
    revocations = pdf.Revocations(
        fetch or (lambda url: documents.revocation_list(url, NOW)),
        ((signatory.certificate, *signatory.issuers), stamper.chain),
        lambda: NOW,
    )
    return pdf.Press(signatory, lambda: NOW, stamper, revocations)


def silence(_: object) -> bytes:
    raise Unavailable


@pytest.fixture(scope="module")
def printing() -> pdf.Press:
    return press()


@pytest.fixture(scope="module")
def paper(printing: pdf.Press) -> bytes:
    printing.certify(content(), NO_HOUSE.signature_box)  # from the first it learns how large a stamp is
    return printing.certify(content(), NO_HOUSE.signature_box)


def test_it_is_valid_with_itself_and_the_roots_alone(paper: bytes) -> None:
    found, stamp = papers.verdict_for_long(paper, NOW), papers.stamp_of(paper, NOW)
    assert found.bottom_line
    assert stamp.valid
    assert stamp.trusted
    assert stamp.timestamp == NOW
    assert found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert found.docmdp_ok


def test_without_the_lists_in_it_nobody_could_rule_out_a_revocation() -> None:
    paper = press(fetch=silence).certify(content(), NO_HOUSE.signature_box)
    assert papers.verdict(paper, NOW).bottom_line
    assert not papers.verdict_for_long(paper, NOW).bottom_line


def test_without_a_stamp_it_is_a_certificate_all_the_same() -> None:
    paper = press(ask=silence).certify(content(), NO_HOUSE.signature_box)
    found = papers.verdict_for_long(paper, NOW)
    assert found.bottom_line
    assert found.timestamp_validity is None


def test_with_stamp_chain_and_lists_it_stays_small(paper: bytes) -> None:
    assert len(paper) <= 45_000


def test_poppler_finds_the_whole_document_signed(paper: bytes, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(paper)
    said = papers.poppler("pdfsig", str(file))
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said


def test_a_changed_byte_anywhere_in_the_signed_ranges_is_not_accepted(paper: bytes) -> None:
    chance, ranges = random.Random(f"{NOW}"), papers.signed_ranges(paper)
    places = [chance.choice(each) for each in ranges for _ in range(PLACES // 2)]
    assert papers.accepted(paper, NOW)
    for place in places:
        forged = bytearray(paper)
        forged[place] ^= 1 << chance.randrange(8)
        assert not papers.accepted(bytes(forged), NOW), place


def test_a_larger_stamp_than_ever_seen_still_fits(printing: pdf.Press) -> None:
    assert printing.stamper
    printing.stamper.size = 10
    paper = printing.certify(content(), NO_HOUSE.signature_box)
    assert papers.stamp_of(paper, NOW).valid


def test_a_stamp_of_another_signature_is_not_accepted(paper: bytes) -> None:
    later = NOW + timedelta(minutes=1)
    signatory = documents.signatory()
    token = documents.stamp_signer()
    other = pdf.Stamper(lambda question: token.answer(question, NOW), documents.time_chain(), lambda: NOW)
    forged = pdf.sign(
        pdf.render(content()),
        signatory,
        later,
        NO_HOUSE.signature_box,
        stamp=lambda _: other.stamp(b"another signature"),
        stamp_size=2000,
    )
    assert not papers.verdict(forged, NOW).bottom_line


def test_a_revoked_signer_signs_nothing() -> None:
    number = documents.signatory().certificate.serial_number
    with pytest.raises(pdf.SignerRevoked):
        press(fetch=lambda url: documents.revocation_list(url, NOW, number)).certify(
            content(), NO_HOUSE.signature_box
        )
