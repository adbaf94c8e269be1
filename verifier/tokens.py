"""Signed JSON: compact JWS (RFC 7515), its flattened form, and SD-JWT (RFC 9901) with what was disclosed of it."""

import json
from base64 import urlsafe_b64decode
from base64 import urlsafe_b64encode as encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from verifier.errors import Distrusted, Unreadable
from verifier.trust import Trust

Claims = dict[str, Any]
_HALF = 32
_TOO_MUCH = 8 * 1024 * 1024


@dataclass(frozen=True)
class Token:
    """What a token says, of which kind it is, and who signed it."""

    kind: str
    claims: Claims
    signer: str


def read(text: str, trust: Trust, at: datetime) -> Token:
    """What a JWS, compact or flattened, or an SD-JWT says, once its signature held. Raises Distrusted."""
    if len(text) > _TOO_MUCH:
        raise Unreadable("the file is too large")
    token, _, disclosed = _compact(text.strip()).partition("~")
    checked = _checked(token, trust, at)
    return Token(checked.kind, _disclosed(checked.claims, disclosed), checked.signer)


def _compact(text: str) -> str:
    """A flattened JWS as a compact one; a compact one as it is."""
    if not text.startswith("{"):
        return text
    try:
        told = json.loads(text)
        return ".".join((told["protected"], told["payload"], told["signature"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("the file is no signed JSON") from error


def _checked(token: str, trust: Trust, at: datetime) -> Token:
    try:
        signed, _, signature = token.rpartition(".")
        first, _, second = signed.partition(".")
        header, claims, raw = json.loads(_bytes(first)), json.loads(_bytes(second)), _bytes(signature)
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise Unreadable("the file is no signed JSON")
        key, signer = trust.key(header, at)
    except (ValueError, BadBase64, RecursionError) as error:
        raise Unreadable("the file is no signed JSON") from error
    if header.get("alg") != "ES256" or "crit" in header or len(raw) != 2 * _HALF:
        raise Distrusted("it is signed in another way than certificates are")
    r, s = int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), signed.encode(), ECDSA(SHA256()))
    except InvalidSignature:
        raise Distrusted("the signature does not fit: something was changed") from None
    return Token(str(header.get("typ", "")), claims, signer)


def _disclosed(claims: Claims, disclosures: str) -> Claims:
    """The claims with everything that was disclosed in its place, and no digests. Raises Distrusted."""
    # A proof of possession behind the disclosures has dots, and is for whoever asked for it: it changes no claim.
    given = [each for each in disclosures.split("~") if each and "." not in each]
    if given and claims.get("_sd_alg", "sha-256") != "sha-256":
        raise Distrusted("disclosures are hashed in another way than certificates' are")
    known = {encode(sha256(each.encode()).digest()).rstrip(b"=").decode(): each for each in given}
    unused = dict(known)
    opened = _opened(claims, unused)
    if unused or len(known) != len(given):
        raise Distrusted("something is disclosed that was not signed, or twice")
    return {name: value for name, value in opened.items() if name != "_sd_alg"}


def _opened(node: Any, known: dict[str, str]) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(node, list):
        return [each for item in node for each in _element(item, known)]
    if not isinstance(node, dict):
        return node
    opened = {name: _opened(value, known) for name, value in node.items() if name != "_sd"}
    for digest in node.get("_sd", []):
        if digest in known:
            _, name, value = _disclosure(known.pop(digest), 3)
            if name in opened or name in {"_sd", "..."}:
                raise Distrusted("a disclosure says again what was said")
            opened[name] = _opened(value, known)
    return opened


def _element(item: Any, known: dict[str, str]) -> list[Any]:  # noqa: ANN401  (any JSON)
    if isinstance(item, dict) and set(item) == {"..."}:
        hidden = known.pop(item["..."], None)
        return [] if hidden is None else [_opened(_disclosure(hidden, 2)[1], known)]
    return [_opened(item, known)]


def _disclosure(text: str, length: int) -> list[Any]:
    try:
        told = json.loads(_bytes(text))
    except (ValueError, BadBase64) as error:
        raise Distrusted("a disclosure cannot be read") from error
    if not isinstance(told, list) or len(told) != length:
        raise Distrusted("a disclosure cannot be read")
    return told


def _bytes(text: str) -> bytes:
    if not text.isascii() or "=" in text:
        raise ValueError(text)
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
