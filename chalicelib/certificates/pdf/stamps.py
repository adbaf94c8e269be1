"""What makes a time stamp believable (RFC 3161 2.4.2): for us, over this, now, by whom we registered.

pyHanko checks the signature and its path; what was asked for is compared here. It must not know how a stamp is asked
for.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import new
from typing import Any, ClassVar, Final

from asn1crypto import cms, core, tsp, x509
from asn1crypto.parser import parse
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

_GRANTED: Final = {"granted", "granted_with_mods"}
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
_SHA256: Final = "sha256"
_UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, PdfError)
"""What reading a token raises that is none."""


class StampRefused(Exception):
    """The answer is no stamp for what was asked; the message names what is wrong with it, in one word."""


class _Answer(core.Sequence):  # type: ignore[misc]
    """RFC 3161's TimeStampResp, whose token is missing where it was refused."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def question(digest: bytes, nonce: int) -> bytes:
    """A question (DER) for a token over this SHA-256, with its signer's certificate in it."""
    imprint = {"hash_algorithm": {"algorithm": _SHA256}, "hashed_message": digest}
    asked = {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(asked).dump())


def checked(
    answer: bytes, digest: bytes, nonce: int, chain: Sequence[x509.Certificate], now: datetime
) -> bytes:
    """The token (DER) of an answer to a question for `digest` with `nonce`. Raises StampRefused.

    `chain`: the stamper's certificate as it was registered, then its issuers'; the last one is trusted.
    """
    try:
        response = _Answer.load(answer, strict=True)
        if response["status"]["status"].native not in _GRANTED:
            raise StampRefused("rejected")
        token = response["time_stamp_token"]
        said = token["content"]["encap_content_info"]["content"].parsed
        _require_answer(said, digest, nonce, now)
        _require_signature(token["content"], digest, chain, said["gen_time"].native)
        return _token(answer)
    except _UNREADABLE as error:
        raise StampRefused("malformed") from error


def _token(answer: bytes) -> bytes:
    """The second part of an answer, as it came: encoded anew it would be another, and take long now and then."""
    _, _, _, _, contents, _ = parse(answer)
    _, _, _, header, status, trailer = parse(contents)
    return bytes(contents[len(header) + len(status) + len(trailer) :])


def _require_answer(said: Any, digest: bytes, nonce: int, now: datetime) -> None:  # noqa: ANN401
    imprint = said["message_imprint"]
    if (imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native) != (_SHA256, digest):
        raise StampRefused("imprint")
    if said["nonce"].native != nonce:
        raise StampRefused("nonce")
    if abs(said["gen_time"].native - now) > _CLOCKS_DIFFER:
        raise StampRefused("time")


def _require_signature(signed: Any, digest: bytes, chain: Sequence[x509.Certificate], at: datetime) -> None:  # noqa: ANN401
    """That one who may stamp, and whom we know by its issuer, signed just this at that time."""
    signer = signed["signer_infos"][0]["digest_algorithm"]["algorithm"].native
    if signed["version"].native != "v3" or signer not in {
        each["algorithm"].native for each in signed["digest_algorithms"]
    }:
        raise StampRefused("content")
    trust = ValidationContext(trust_roots=[chain[-1]], other_certs=chain, moment=at, allow_fetching=False)
    found = TimestampSignatureStatus(**asyncio.run(validate_tst_signed_data(signed, trust, _imprint(digest))))
    if not found.valid or not found.intact:
        raise StampRefused("signature")
    if not found.trusted:
        raise StampRefused("untrusted")


def _imprint(digest: bytes) -> Any:  # noqa: ANN401
    def of(algorithm: str) -> bytes:
        return digest if algorithm == _SHA256 else new(algorithm).digest()

    return of
