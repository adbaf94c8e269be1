"""The certificate as it leaves the worker: what is printed, what is signed, what tampering shows."""

import asyncio
import subprocess
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import zxingcpp
from asn1crypto import pem, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from chalicelib.certificates import catalogue, pdf
from chalicelib.certificates.errors import GlyphMissing
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.model.said import Table
from chalicelib.certificates.model.types import Label
from sandbox.trust import document_chain

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
VERIFY_URL = "https://api.example.cn/v/cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P#9f86d081884c7d65"
NO_HOUSE = catalogue.types()["no-house"]
FACTS: Facts = {"house-ownership": {"houses": 0, "region": "330100"}}
KEY = ec.generate_private_key(ec.SECP256R1())
CHAIN = document_chain(
    KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
    NOW,
)
SIGNATORY = pdf.Signatory.from_pem(CHAIN, lambda message: KEY.sign(message, ec.ECDSA(hashes.SHA256())))


def content(holder_name: str = "欧阳明月") -> CertificateContent:
    region = catalogue.region_name("330100")
    return CertificateContent(
        type_id="no-house",
        name=NO_HOUSE.name,
        serial="WF-330100-20261123-7W4Y8N1P",
        holder_name=holder_name,
        holder_id_number="330106199003071237",
        region=region,
        issuer=NO_HOUSE.issuer.for_region(region),
        statement=NO_HOUSE.statement_of(FACTS, region, date(2026, 11, 23)),
        lines=NO_HOUSE.lines_of(FACTS),
        as_of=date(2026, 11, 23),
        issued_at=NOW,
        valid_until=date(2027, 2, 21),
        verify_url=VERIFY_URL,
    )


@pytest.fixture(scope="module")
def page() -> bytes:
    return pdf.render(content())


@pytest.fixture(scope="module")
def signed(page: bytes) -> bytes:
    return pdf.sign(page, SIGNATORY, NOW, NO_HOUSE.signature_box)


def poppler(*command: str, document: bytes = b"") -> bytes:
    return subprocess.run(command, input=document, capture_output=True, check=True, timeout=30).stdout


def text_of(document: bytes) -> str:
    lines = poppler("pdftotext", "-raw", "-", "-", document=document).decode()
    return "".join(lines.split())


def verdict(document: bytes) -> PdfSignatureStatus:
    root = x509.Certificate.load([der for _, _, der in pem.unarmor(CHAIN, multiple=True)][-1])
    trust = ValidationContext(trust_roots=[root], moment=NOW, best_signature_time=NOW, allow_fetching=False)
    signature = PdfFileReader(BytesIO(document)).embedded_signatures[0]
    return asyncio.run(async_validate_pdf_signature(signature, trust))


def test_the_same_content_gives_the_same_page(page: bytes) -> None:
    assert pdf.render(content()) == page


def test_every_particular_can_be_selected_in_both_languages(signed: bytes) -> None:
    text = text_of(signed)
    for particular in (
        "无房证明",
        "CertificateofNoHouseOwnership",
        "欧阳明月",
        "330106199003071237",
        "截至2026年11月23日，在杭州市行政区域内无房屋登记记录。",
        "nohouseregisteredintheirnamewithintheadministrativeareaofHangzhou",
        "2026年11月23日12:05:06（北京时间）",
        "2027年2月21日",
        "杭州市不动产登记机构",
        "RealEstateRegistrationAuthorityofHangzhou",
        "WF-330100-20261123-7W4Y8N1P",
        "本电子证照与纸质证照具有同等法律效力",
    ):
        assert particular in text


def test_the_code_on_the_page_leads_to_its_verification(signed: bytes) -> None:
    image = Image.open(BytesIO(poppler("pdftoppm", "-r", "150", "-png", "-", document=signed)))
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [VERIFY_URL]


def test_the_page_is_one_a4_sheet_for_archives(page: bytes) -> None:
    facts = poppler("pdfinfo", "-", document=page).decode()
    assert "Pages:           1\n" in facts
    assert "(A4)" in facts
    assert b"<pdfaid:part>2</pdfaid:part>" in page
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in page


def test_only_the_layers_font_is_used_and_it_is_embedded(page: bytes) -> None:
    fonts = poppler("pdffonts", "-", document=page).decode().splitlines()[2:]
    assert [line.split("+")[1].split()[0] for line in fonts] == ["NotoSansCJKsc-Regular-Identity-H"]
    assert fonts[0].split()[-5:-2] == ["yes", "yes", "yes"]


def test_a_long_table_goes_on_pages_of_its_own_and_every_page_says_whose_it_is() -> None:
    months = tuple(tuple(Label(zh=f"{cell}{at}", en="") for cell in ("第", "缴", "余")) for at in range(180))
    name = Label(zh="月", en="month")
    table = Table(title=Label(zh="缴存明细", en="Deposits"), columns=(name, name, name), rows=months)
    page = pdf.render(content().model_copy(update={"tables": (table,)}))
    pages = poppler("pdftotext", "-layout", "-", "-", document=page).decode().split("\f")[:-1]
    assert len(pages) == 3
    assert all("WF-330100-20261123-7W4Y8N1P" in each and "欧阳明月" in each for each in pages)
    assert "余179" in pages[-1]
    signed = pdf.sign(page, SIGNATORY, NOW, NO_HOUSE.signature_box)
    assert verdict(signed).bottom_line
    assert "/Annots" in PdfFileReader(BytesIO(signed)).root["/Pages"]["/Kids"][0]


def test_a_certificate_stays_small(signed: bytes) -> None:
    assert len(signed) <= 45_000


def test_a_character_without_a_glyph_is_refused_and_not_named() -> None:
    with pytest.raises(GlyphMissing) as refused:
        pdf.render(content(holder_name="王\U0002c0a9"))
    assert "holderName" in refused.value.detail
    assert "王" not in refused.value.detail


def test_poppler_finds_the_signature_valid_over_the_whole_document(
    signed: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("signed") / "certificate.pdf"
    file.write_bytes(signed)
    said = poppler("pdfsig", str(file)).decode()
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said


def test_an_independent_validator_trusts_it_through_the_root(signed: bytes) -> None:
    status = verdict(signed)
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok


def test_a_single_changed_byte_breaks_the_signature(signed: bytes) -> None:
    signature = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    first, length, second, _ = (int(number) for number in signature.byte_range)
    places = (first + 700, length // 2, length - 40, second + 2)
    for place in places:
        forged = bytearray(signed)
        forged[place] ^= 1
        assert not _accepted(bytes(forged)), place


def test_bytes_added_behind_the_signature_are_seen(signed: bytes) -> None:
    assert verdict(signed + b"\n% more").coverage == SignatureCoverageLevel.ENTIRE_REVISION


def test_a_note_added_behind_the_signature_is_not_accepted(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)  # type: ignore[no-untyped-call]
    writer.update_container(page)
    changed = BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call]
    assert not verdict(changed.getvalue()).bottom_line


def test_signing_leaves_the_pages_own_time(signed: bytes) -> None:
    facts = dict(
        line.split(":", 1) for line in poppler("pdfinfo", "-", document=signed).decode().splitlines()
    )
    assert facts["ModDate"].strip() == facts["CreationDate"].strip()


def test_another_key_than_the_certified_one_is_found_out(page: bytes) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    signatory = pdf.Signatory.from_pem(
        CHAIN, lambda message: stranger.sign(message, ec.ECDSA(hashes.SHA256()))
    )
    assert not verdict(pdf.sign(page, signatory, NOW, NO_HOUSE.signature_box)).bottom_line


def test_the_signers_refusal_comes_through_unchanged(page: bytes) -> None:
    def refuse(message: bytes) -> bytes:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        pdf.sign(page, pdf.Signatory.from_pem(CHAIN, refuse), NOW, NO_HOUSE.signature_box)


def _accepted(document: bytes) -> bool:
    try:
        return bool(verdict(document).bottom_line)
    except Exception:  # noqa: BLE001 - a reader may find the file broken before it looks at the signature
        return False
