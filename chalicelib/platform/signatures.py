"""HTTP message signatures (RFC 9421), narrowed to two profiles: what institutions send us, and what we send.

A profile fixes components, their order and the parameters, so that a message has one form and the parser stays
small. Knows messages, keys and time; never who an institution is.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import quote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.errors import Unauthenticated
from chalicelib.platform.keys import Es256Signer

INBOUND = ("@method", "@authority", "@path", "@query", "content-type", "content-digest", "idempotency-key")
OUTBOUND = ("@method", "@authority", "@path", "content-type", "content-digest", "idempotency-key")
INBOUND_TAG = "sc-callback"
_SKEW_SECONDS = 30
_LONGEST_LIFE_SECONDS = 300
_OUTBOUND_LIFE_SECONDS = 120

_QUOTED_INBOUND = " ".join(f'"{name}"' for name in INBOUND)
_QUOTED_OUTBOUND = " ".join(f'"{name}"' for name in OUTBOUND)

_INPUT = re.compile(
    r'^sig1=(?P<parameters>\((?P<components>[^)]{1,300})\)(?P<named>(?:;[a-z]{1,10}=(?:\d{1,12}|"[A-Za-z0-9_#.-]{1,120}")){1,10}))$'
)
_NAMED = re.compile(r';([a-z]+)=(?:(\d+)|"([^"]+)")')
_TIMES, _TEXTS = {"created", "expires"}, {"nonce", "keyid", "alg", "tag"}
_SHORTEST_NONCE, _LONGEST_NONCE = 16, 64
_VALUE = re.compile(r"^sig1=:(?P<signature>[A-Za-z0-9+/=]{1,200}):$")


class SignatureMissing(Unauthenticated):
    """The request carries no signature of our profile."""

    code = "signature-missing"
    title = "The request must be signed (RFC 9421, profile sc-callback)"
    title_zh = "请求缺少签名"


class SignatureInvalid(Unauthenticated):
    """The signature does not fit the request."""

    code = "signature-invalid"
    title = "The request's signature is not valid"
    title_zh = "请求签名无效"


class SignatureStale(Unauthenticated):
    """The signature is too old, too long-lived or from the future."""

    code = "signature-stale"
    title = "The request's signature is outside its time; check the clock"
    title_zh = "请求签名已过期，请检查设备时间"


@dataclass(frozen=True, slots=True)
class Message:
    """What a signature covers. `headers` have lower-case names; `body` is the raw bytes."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature held: whose key, and the nonce that makes it unique."""

    key_id: str
    nonce: str
    expires: int


def content_digest(body: bytes) -> str:
    """The value of a Content-Digest field (RFC 9530)."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def canonical_query(parameters: Mapping[str, str]) -> str:
    """The one form of a query that a signature may cover: names in order, each once, percent-encoded (RFC 3986).

    A gateway hands parsed parameters on, so what was written on the wire cannot be had. A request that wrote its
    query in another form does not verify: it is refused, never taken unsigned.
    """
    return "&".join(
        f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters)
    )


def _base(message: Message, components: tuple[str, ...], parameters: str) -> bytes:
    derived = {
        "@method": message.method,
        "@authority": message.authority.lower(),
        "@path": message.path,
        "@query": f"?{message.query}",
    }
    lines = [f'"{name}": {derived.get(name) or message.headers[name].strip()}' for name in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def verify(message: Message, key_of: Callable[[str], Ed25519PublicKey], now: float) -> Signed:
    """Who signed this inbound request. `key_of` gives the registered key of a key id, or raises.

    The order is parse, profile, time, key, signature, digest, so that nothing costly happens for garbage.
    Raises SignatureMissing, SignatureStale, SignatureInvalid.
    """
    found = _INPUT.match(message.headers.get("signature-input", ""))
    value = _VALUE.match(message.headers.get("signature", ""))
    if not found or not value or any(name not in message.headers for name in INBOUND if name[0] != "@"):
        raise SignatureMissing
    named = _named_parameters(found["named"])
    if found["components"] != _QUOTED_INBOUND or (named["alg"], named["tag"]) != ("ed25519", INBOUND_TAG):
        raise SignatureInvalid
    created, expires = int(named["created"]), int(named["expires"])
    if created > now + _SKEW_SECONDS or expires <= now or not 0 < expires - created <= _LONGEST_LIFE_SECONDS:
        raise SignatureStale
    key = key_of(named["keyid"])
    try:
        key.verify(b64decode(value["signature"]), _base(message, INBOUND, found["parameters"]))
    except (InvalidSignature, BadBase64, ValueError) as error:
        raise SignatureInvalid from error
    if not compare_digest(message.headers["content-digest"].encode(), content_digest(message.body).encode()):
        raise SignatureInvalid
    return Signed(named["keyid"], named["nonce"], expires)


def _named_parameters(written: str) -> dict[str, str]:
    """The signature's parameters by name. Each stands once, in any order: libraries differ in theirs.

    Raises SignatureMissing unless they are exactly the profile's, each of its kind.
    """
    parsed = _NAMED.findall(written)
    times = {name: number for name, number, _ in parsed if number}
    texts = {name: text for name, _, text in parsed if text}
    if len(parsed) != len(_TIMES | _TEXTS) or set(times) != _TIMES or set(texts) != _TEXTS:
        raise SignatureMissing
    if not _SHORTEST_NONCE <= len(texts["nonce"]) <= _LONGEST_NONCE:
        raise SignatureMissing
    return times | texts


@dataclass(frozen=True, slots=True)
class RequestSigner:
    """Signs what we send, with our published key."""

    signer: Es256Signer

    def headers(self, url: str, body: bytes, *, key: str, tag: str, now: float) -> dict[str, str]:
        """All headers of a signed JSON POST to `url`; `key` is its idempotency key."""
        parts = urlsplit(url)
        created = int(now)
        covered = {
            "content-type": "application/json",
            "content-digest": content_digest(body),
            "idempotency-key": key,
        }
        parameters = (
            f"({_QUOTED_OUTBOUND});created={created};expires={created + _OUTBOUND_LIFE_SECONDS}"
            f';nonce="{token_urlsafe(16)}";keyid="{self.signer.kid}";alg="ecdsa-p256-sha256";tag="{tag}"'
        )
        message = Message("POST", parts.netloc, parts.path or "/", parts.query, covered, body)
        signature = self.signer.sign(_base(message, OUTBOUND, parameters))
        return covered | {
            "signature-input": f"sig1={parameters}",
            "signature": f"sig1=:{b64encode(signature).decode()}:",
        }
