"""What tests know of signed PDFs: independent readers, and whether they accept one."""

import asyncio
import subprocess
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import PdfSignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tests import documents


def roots() -> list[x509.Certificate]:
    """Whom a validator trusts: the two roots and nobody else."""
    trusted = (documents.root(), documents.time_root())
    return [x509.Certificate.load(each.certificate.public_bytes(Encoding.DER)) for each in trusted]


def verdict(document: bytes, moment: datetime) -> PdfSignatureStatus:
    """pyHanko's, who may ask nobody and know nothing but the roots; revocation is not looked at."""
    trust = ValidationContext(
        trust_roots=roots(), moment=moment, best_signature_time=moment, allow_fetching=False
    )
    signature = PdfFileReader(BytesIO(document)).embedded_signatures[0]
    return asyncio.run(async_validate_pdf_signature(signature, trust, ts_validation_context=trust))


def verdict_for_long(document: bytes, moment: datetime) -> PdfSignatureStatus:
    """pyHanko's, with what the document itself holds: revocation must be ruled out by it for every certificate."""
    reader = PdfFileReader(BytesIO(document))
    settings = {
        "trust_roots": roots(),
        "revocation_mode": "require",
        "allow_fetching": False,
        "moment": moment,
    }
    trust = DocumentSecurityStore.read_dss(reader).as_validation_context(settings)
    signature = reader.embedded_signatures[0]
    return asyncio.run(async_validate_pdf_signature(signature, trust, ts_validation_context=trust))


def stamp_of(document: bytes, moment: datetime) -> TimestampSignatureStatus:
    """What pyHanko says of its stamp."""
    found = verdict_for_long(document, moment).timestamp_validity
    assert found is not None
    return found


def accepted(document: bytes, moment: datetime) -> bool:
    """Whether pyHanko accepts it as a whole."""
    try:
        return bool(verdict(document, moment).bottom_line)
    except Exception:  # noqa: BLE001 - a reader may find the file broken before it looks at the signature
        return False


def signed_ranges(document: bytes) -> tuple[range, range]:
    """The bytes that the signature is over."""
    first, length, second, rest = PdfFileReader(BytesIO(document)).embedded_signatures[0].byte_range
    return range(first, first + length), range(second, second + rest)


def poppler(*command: str, document: bytes = b"") -> str:
    """What one of poppler's programs says of a document on its input."""
    run = subprocess.run(command, input=document, capture_output=True, check=True, timeout=30)
    return run.stdout.decode()
