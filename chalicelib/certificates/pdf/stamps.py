"""What makes a time stamp believable (RFC 3161 2.4.2, RFC 5816): for us, over this, now, by whom we registered.

Pure: bytes, certificates and a time. It must not know how a stamp is asked for.
"""

from datetime import datetime, timedelta
from hashlib import new
from typing import Any, Final

from asn1crypto import tsp, x509
from cryptography import x509 as trusted
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

_GRANTED: Final = {"granted", "granted_with_mods"}
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_PKCS1: Final = "rsassa_pkcs1v15"


class StampRefused(Exception):
    """The answer is no stamp for what was asked; the message names what is wrong with it, in one word."""


def checked(
    answer: bytes, digest: bytes, nonce: int, chain: tuple[x509.Certificate, ...], now: datetime
) -> bytes:
    """The token (DER) of an answer to a question for `digest` with `nonce`. Raises StampRefused."""
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        if response["status"]["status"].native not in _GRANTED:
            raise StampRefused("rejected")
        token = response["time_stamp_token"]
        signed = token["content"]
        info = signed["encap_content_info"]["content"].parsed
        _require_answer(info, digest, nonce, now)
        _require_signed(signed, chain, info["gen_time"].native)
        return bytes(token.dump())
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm) as error:
        raise StampRefused("malformed") from error
    except InvalidSignature as error:
        raise StampRefused("signature") from error


def _require_answer(info: Any, digest: bytes, nonce: int, now: datetime) -> None:  # noqa: ANN401 - a library without types
    """That it is about what we asked, and that its time is ours."""
    imprint = info["message_imprint"]
    if (
        imprint["hash_algorithm"]["algorithm"].native != "sha256"
        or imprint["hashed_message"].native != digest
    ):
        raise StampRefused("imprint")
    if info["nonce"].native != nonce:
        raise StampRefused("nonce")
    if abs(info["gen_time"].native - now) > _CLOCKS_DIFFER:
        raise StampRefused("time")


def _require_signed(signed: Any, chain: tuple[x509.Certificate, ...], at: datetime) -> None:  # noqa: ANN401
    """That one who may stamp, and whom we know by its issuer, signed it."""
    (signer,) = signed["signer_infos"]
    certificate = _certificate(signed, signer, chain)
    _require_licence(certificate, chain, at)
    content = signed["encap_content_info"]["content"].contents
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    algorithm = signer["digest_algorithm"]["algorithm"].native
    if attributes["content_type"][0].native != "tst_info":
        raise StampRefused("content")
    if attributes["message_digest"][0].native != new(algorithm, content).digest():
        raise StampRefused("content")
    _require_named(attributes, certificate)
    message = signer["signed_attrs"].untag().dump(force=True)
    _verify(certificate, message, signer)


def _certificate(signed: Any, signer: Any, chain: tuple[x509.Certificate, ...]) -> x509.Certificate:  # noqa: ANN401
    """The signer's certificate, from the token or as registered."""
    enclosed = [each.chosen for each in signed["certificates"] or ()]
    wanted = signer["sid"].chosen
    for each in (*enclosed, *chain):
        if each.issuer == wanted["issuer"] and each.serial_number == wanted["serial_number"].native:
            return each
    raise StampRefused("signer")


def _require_licence(
    certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], at: datetime
) -> None:
    """That it is for time stamps and nothing else, is valid, and was issued by an issuer that was registered."""
    read = trusted.load_der_x509_certificate(certificate.dump())
    uses = read.extensions.get_extension_for_class(trusted.ExtendedKeyUsage)
    if not uses.critical or list(uses.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampRefused("use")
    if not read.not_valid_before_utc <= at <= read.not_valid_after_utc:
        raise StampRefused("expired")
    for issuer in chain[1:] or chain:
        if issuer.subject == certificate.issuer:
            read.verify_directly_issued_by(trusted.load_der_x509_certificate(issuer.dump()))
            return
    raise StampRefused("signer")


def _require_named(attributes: Any, certificate: x509.Certificate) -> None:  # noqa: ANN401
    """That the signature names its certificate (ESSCertIDv2), so that no other can be put in its place."""
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        digest = new(named["hash_algorithm"]["algorithm"].native, certificate.dump()).digest()
    else:
        named = attributes["signing_certificate"][0]["certs"][0]
        digest = new("sha1", certificate.dump(), usedforsecurity=False).digest()
    if named["cert_hash"].native != digest:
        raise StampRefused("signer")


def _verify(certificate: x509.Certificate, message: bytes, signer: Any) -> None:  # noqa: ANN401
    key = trusted.load_der_x509_certificate(certificate.dump()).public_key()
    digest, signature = _HASHES[signer["digest_algorithm"]["algorithm"].native], signer["signature"].native
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey) and signer["signature_algorithm"].signature_algo == _PKCS1:
        key.verify(signature, message, padding.PKCS1v15(), digest)
    else:
        raise StampRefused("algorithm")
