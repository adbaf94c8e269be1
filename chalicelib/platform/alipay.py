"""The payment app's open-platform gateway, protocol v2 with RSA2: signing, calling, checking answers and notifications.

Knows the protocol, not what is bought or proven with it. Rules (learnt from the platform's documents and real
vectors): a request is signed over every non-empty parameter except `sign`; an answer over the raw bytes of its node,
so it is sliced, never serialised again; a payment notification over everything but `sign` and `sign_type`, other
notifications keep `sign_type`.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib.errors import Unavailable
from chalicelib.platform import log, web
from chalicelib.platform.clock import Clock, system_clock
from chalicelib.platform.keys import RsaSigner
from chalicelib.types import CHINA

_SECONDS = 8.0
_SUCCESS = "10000"
_UNKNOWN = {"20000", "ACQ.SYSTEM_ERROR"}


class GatewayRefused(Exception):
    """The platform understood and refused; `sub_code` says why (`isv.code-invalid`, `ACQ.TRADE_HAS_SUCCESS`)."""

    def __init__(self, code: str, sub_code: str) -> None:
        """Codes only: the platform's messages may quote what we sent."""
        super().__init__(f"{code} {sub_code}")
        self.code = code
        self.sub_code = sub_code


@dataclass(frozen=True)
class Gateway:
    """One application at the open platform."""

    url: str
    app_id: str
    platform_public_key: str
    """Base64 of the DER public key, as the platform's console shows it."""
    signer: RsaSigner
    clock: Clock = system_clock

    @cached_property
    def _platform_key(self) -> RSAPublicKey:
        key = load_der_public_key(b64decode(self.platform_public_key))
        if not isinstance(key, RSAPublicKey):
            raise TypeError("the platform's public key is not an RSA key")
        return key

    def call(
        self, method: str, content: Mapping[str, Any] | None = None, **parameters: str
    ) -> dict[str, Any]:
        """Call one method of the platform and return its answer's node.

        `content` becomes `biz_content`; other parameters (grant_type, code, notify_url) go beside it. Raises
        GatewayRefused, or Unavailable where the outcome is unknown: query, never assume.
        """
        signed = self.signed(method, content, **parameters)
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        answer = web.post(self.url, urlencode(signed).encode(), headers, seconds=_SECONDS)
        node = self._node(method, answer.body)
        code, sub_code = str(node.get("code", _SUCCESS)), str(node.get("sub_code", ""))
        log.event("gateway.answered", method=method, code=code, sub_code=sub_code or None)
        if code in _UNKNOWN or sub_code in _UNKNOWN:
            raise Unavailable
        if code != _SUCCESS:
            raise GatewayRefused(code, sub_code)
        return node

    def page_url(self, method: str, content: Mapping[str, Any]) -> str:
        """A signed address that the citizen's own app opens (for `alipay.user.certify.open.certify`)."""
        return f"{self.url}?{urlencode(self.signed(method, content))}"

    def signed(self, method: str, content: Mapping[str, Any] | None, **parameters: str) -> dict[str, str]:
        """All parameters of a request, with its signature."""
        request = {
            "app_id": self.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": self.clock().astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            **parameters,
        }
        if content is not None:
            request["biz_content"] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        signature = self.signer.sign(canonical(request, without=("sign",)))
        return request | {"sign": b64encode(signature).decode()}

    def authentic(self, notification: Mapping[str, str]) -> bool:
        """Whether the platform signed this notification (form values, decoded once).

        A payment's signature does not cover `sign_type`, so we ourselves insist on the one algorithm we take.
        """
        if notification.get("sign_type") != "RSA2":
            return False
        drops_type = ("sign", "sign_type")
        keeps_type = ("sign",)
        payment = notification.get("notify_type", "").startswith("trade_")
        rules = (drops_type, keeps_type) if payment else (keeps_type, drops_type)
        return any(
            self._holds(canonical(notification, without), notification.get("sign", "")) for without in rules
        )

    def _node(self, method: str, body: bytes) -> dict[str, Any]:
        name = method.replace(".", "_") + "_response"
        raw, signature = slice_node(body, name)
        if not self._holds(raw, signature):
            log.event("gateway.forged", method=method)
            raise Unavailable
        node: dict[str, Any] = json.loads(raw)
        return node

    def _holds(self, message: bytes, signature: str) -> bool:
        try:
            self._platform_key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
        except (InvalidSignature, BadBase64, ValueError):
            return False
        return True


def canonical(parameters: Mapping[str, str], without: tuple[str, ...]) -> bytes:
    """What RSA2 signs: `k=v` sorted by key and joined by `&`, empty values and `without` left out, not URL-encoded."""
    kept = sorted((key, value) for key, value in parameters.items() if key not in without and value != "")
    return "&".join(f"{key}={value}" for key, value in kept).encode()


def slice_node(body: bytes, name: str) -> tuple[bytes, str]:
    """The raw bytes of the answer's node (or `error_response`), and the signature beside it.

    Raises Unavailable for an answer without either: it tells nothing about the outcome.
    """
    text = body.decode("utf-8", "replace")
    for key in (name, "error_response"):
        marker = f'"{key}":'
        start = text.find(marker)
        if start < 0:
            continue
        begin = start + len(marker)
        begin += len(text[begin:]) - len(text[begin:].lstrip())
        try:
            _, end = json.JSONDecoder().raw_decode(text, begin)
            signature = json.loads(text).get("sign", "")
        except ValueError as error:
            raise Unavailable from error
        return text[begin:end].encode(), str(signature)
    raise Unavailable
