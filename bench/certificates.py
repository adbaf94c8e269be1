"""The rows `certificates` and `certificate-bytes`: a certificate in its three forms, against libraries put together.

The floor is what a worker would do with typst and pyHanko and nothing of ours: the same template and words, and a
signature by an external key (PAdES B-B). Ours is the whole thing: stamped, with chain and revocation lists (B-LT),
the credential and the twin. The authorities' own work is not counted, nor is KMS: both sides hold the key. Beside it
stands what a page written by hand takes.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from statistics import median
from time import process_time_ns
from typing import Any

from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench import hand_written
from bench.envelope import Envelope
from bench.ground import Ground
from bench.measure import Row, compared, rounds
from bench.paper_desk import ORIGIN, Desk
from chalicelib.certificates import catalogue, pdf
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.pdf import page

ROUNDS = 31
CERTIFICATES = 5
GOAL = 1.3
MOST_BYTES = 45_000
WHY = "what is more than the floor's is the stamp, the lists and the two other forms"


class Libraries:
    """typst and pyHanko as they come."""

    def __init__(self, desk: Desk, content: CertificateContent) -> None:
        self._box = catalogue.types()[content.type_id].signature_box
        self._words = json.dumps(page._printed(content), ensure_ascii=False)
        certificates = [
            asn1.Certificate.load(each.public_bytes(Encoding.DER))
            for each in (desk.signatory.certificate, *desk.signatory.issuers)
        ]
        self._signer = _External(certificates, desk.sign)

    def certify(self) -> bytes:
        """One signed page."""
        document: Any = page._compiler().compile(
            str(catalogue.template("no-house")),
            format="pdf",
            sys_inputs={"content": self._words},
            pdf_standards=["a-2u"],
        )
        kind = PdfSignatureMetadata(
            field_name="Signature", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        signing = PdfSigner(kind, self._signer, new_field_spec=SigFieldSpec("Signature", box=self._box))
        writer = IncrementalPdfFileWriter(BytesIO(document))
        return bytes(signing.sign_pdf(writer, bytes_reserved=8192).getbuffer())


class _External(Signer):
    """pyHanko's way to sign with a key that it does not hold."""

    def __init__(self, certificates: list[asn1.Certificate], sign: Callable[[bytes], bytes]) -> None:
        store = SimpleCertificateStore.from_certs(certificates[1:])  # type: ignore[no-untyped-call]
        super().__init__(signing_cert=certificates[0], cert_registry=store)
        self._sign = sign

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002
        return self._sign(data)


def measure(_: Ground) -> Row:
    """A certificate's CPU time, in all its forms."""
    desk, content = Desk(), no_house()
    libraries, words, envelope = (
        Libraries(desk, content),
        _words(content),
        Envelope.of((desk.signatory.certificate, desk.signatory.issuers[0])),
    )
    by_hand = lambda: hand_written.certify(words, content.verify_url, envelope, desk.sign)  # noqa: E731
    taken = rounds(
        {
            "ours": lambda: _each(desk, lambda: desk.forms(content)),
            "libraries": lambda: _each(desk, libraries.certify),
            "by hand": lambda: _each(desk, by_hand),
        },
        ROUNDS,
    )
    row = compared("certificates", "us CPU", GOAL, taken["ours"], taken["libraries"], WHY)
    hand, own = median(taken["by hand"]), median(taken["ours"])
    told = f"{1e6 / own:.0f} certificates per second and core in three forms; "
    told += f"{own / hand:.1f} times a page by hand ({hand / 1000:.1f} ms)"
    return replace(row, note="; ".join(filter(None, (told, row.note))))


def measure_bytes(_: Ground) -> Row:
    """How large a PDF is with all that validates it."""
    desk, content = Desk(), no_house()
    desk.forms(content)
    document, credential, data = desk.forms(content)
    words = _words(content)
    hand = len(
        hand_written.certify(
            words,
            content.verify_url,
            Envelope.of((desk.signatory.certificate, desk.signatory.issuers[0])),
            desk.sign,
        )
    )
    plain = len(pdf.render(content))
    return Row(
        "certificate-bytes",
        len(document),
        "bytes",
        MOST_BYTES,
        1.0,
        1,
        f"the page as typst writes it {plain:,}, with stamp, chain and lists {len(document):,}; "
        f"credential {len(credential):,}, JSON {len(data):,}; a page by hand {hand:,}",
    )


def no_house() -> CertificateContent:
    """What an ordinary certificate says."""
    kind = catalogue.types()["no-house"]
    facts: Facts = {"house-ownership": {"houses": 0, "region": "330100"}}
    region, today = catalogue.region_name("330100"), date(2026, 11, 23)
    return CertificateContent(
        type_id=kind.id,
        code="11100000MB03271699001",
        name=kind.name,
        serial="WF-330100-20261123-7W4Y8N1P2Q",
        identifier="1.2.156.3005.2.11100000MB03271699001.11330100000000000X.01KAQ8ZJ6M3X5V9T2R7W4Y8N1P.001.7",
        holder_name="欧阳明月",
        holder_id_number="330106199003071237",
        region=region,
        issuer=kind.issuer.for_region(region),
        statement=kind.statement_of(facts, region, today),
        lines=kind.lines_of(facts),
        tables=kind.tables_of(facts),
        as_of=today,
        issued_at=datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC),
        valid_until=date(2027, 2, 21),
        verify_url=f"{ORIGIN}/v/cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P#9f86d081884c7d65",
        status_uri=f"{ORIGIN}/v1/status-lists/1",
        status_index=123_456,
    )


def _words(content: CertificateContent) -> list[str]:
    """Every text of the page."""
    told = [content.name, content.statement, content.issuer, content.region]
    told += [part for line in content.lines for part in (line.label, line.value)]
    plain = [content.holder_name, content.holder_id_number, content.serial, content.identifier]
    return [*plain, *(text for label in told for text in (label.zh, label.en)), *_PRINTED]


_PRINTED = (
    "持证主体 公民身份号码 签发时间 有效期至 扫码验真 颁发机构 已加盖电子签名 证照编号 电子证照 特此证明",
    "Holder Resident identity number Issued at Valid until Scan to verify Issuing authority Digitally signed",
    "依据《国务院关于在线政务服务的若干规定》（国务院令第716号），本电子证照与纸质证照具有同等法律效力。",
    "This electronic certificate has the same legal effect as one on paper (State Council Decree No. 716).",
)


def _each(desk: Desk, work: Callable[[], object]) -> float:
    """Microseconds of CPU a certificate, without the authorities'."""
    desk.apart, begun = 0, process_time_ns()
    for _ in range(CERTIFICATES):
        work()
    return (process_time_ns() - begun - desk.apart) / CERTIFICATES / 1000
