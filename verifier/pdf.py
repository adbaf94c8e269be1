"""A signed PDF (PAdES), judged by pyHanko. It must not know a service, nor what the page says."""

import re
from datetime import datetime, timedelta, timezone
from io import BytesIO

from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from verifier.errors import Distrusted, Unreadable
from verifier.tokens import Claims
from verifier.trust import Trust

_STATUS = re.compile(r"status:(\S+)#(\d{1,9})\b")
_LAST_DAY = re.compile(r"valid-until:(\d{4}-\d{2}-\d{2})\b")
_CHINA = timezone(timedelta(hours=8))


def read(document: bytes, trust: Trust, at: datetime) -> tuple[Claims, str]:
    """What the file says of itself and who signed it, once its one signature held over all of it. Raises Distrusted."""
    try:
        reader = PdfFileReader(BytesIO(document))
        signatures = reader.embedded_regular_signatures
        if len(signatures) != 1:
            raise Distrusted(f"the file has {len(signatures)} signatures, a certificate has one")
        roots = [asn1.Certificate.load(each.public_bytes(Encoding.DER)) for each in trust.roots]
        context = ValidationContext(trust_roots=roots, moment=at, allow_fetching=False)
        status = validate_pdf_signature(signatures[0], context)
    except (PdfError, SignatureValidationError, SigningError, ValueError, KeyError, TypeError) as error:
        raise Unreadable("the file is no PDF with a signature that can be read") from error
    if not status.intact or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise Distrusted("the signature does not fit: something was changed or added")
    if not status.valid or not status.trusted or not status.docmdp_ok:
        raise Distrusted("the signer's certificates do not lead to a trusted root")
    return _said(reader), status.signing_cert.subject.human_friendly


def _said(reader: PdfFileReader) -> Claims:
    try:
        info = reader.trailer["/Info"]
    except KeyError:
        return {}
    told = {name: str(info[f"/{name}"]) for name in ("Title", "Keywords") if f"/{name}" in info}
    claims: Claims = {"name": told["Title"]} if "Title" in told else {}
    keywords = told.get("Keywords", "")
    if found := _STATUS.search(keywords):
        claims["status"] = {"status_list": {"uri": found[1], "idx": int(found[2])}}
    if found := _LAST_DAY.search(keywords):
        claims["validUntil"] = found[1]
        ends = datetime.fromisoformat(found[1]).replace(tzinfo=_CHINA) + timedelta(days=1)
        claims["exp"] = int(ends.timestamp())
    return claims
