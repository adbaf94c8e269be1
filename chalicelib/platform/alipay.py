"""The payment app's open-platform gateway, protocol v2 with RSA2: signing, calling, checking answers and notifications.

Knows the protocol, not what is bought or proven with it, nor whose signatures count: that is `Trust`. Rules (learnt
from the platform's documents and real vectors): a request is signed over every non-empty parameter except `sign`; an
answer over the raw bytes of its node, so it is sliced, never serialised again; a payment notification over everything
but `sign` and `sign_type`, other notifications keep `sign_type`.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Protocol
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib.errors import Unavailable
from chalicelib.platform import log, web
from chalicelib.platform.alipay_signing import CERTIFICATE, canonical, holds, is_name, node_name, slice_node
from chalicelib.platform.clock import Clock, system_clock
from chalicelib.platform.keys import RsaSigner
from chalicelib.types import CHINA

_SECONDS = 8.0
_SUCCESS = "10000"
_UNKNOWN = {"20000", "ACQ.SYSTEM_ERROR"}
_DOWNLOAD = "alipay.open.app.alipaycert.download"


class GatewayRefused(Exception):
    """The platform understood and refused; `sub_code` says why (`isv.code-invalid`, `ACQ.TRADE_HAS_SUCCESS`)."""

    def __init__(self, code: str, sub_code: str) -> None:
        """Codes only: the platform's messages may quote what we sent."""
        super().__init__(f"{code} {sub_code}")
        self.code = code
        self.sub_code = sub_code


class Trust(Protocol):
    """Whose signatures are the platform's. One who is given one public key knows no names and learns nothing."""

    @property
    def names(self) -> Mapping[str, str]:
        """The parameters by which a request says which certificates it lives by."""

    def find(self, name: str) -> RSAPublicKey | None:
        """The key behind the certificate that an answer names ("" for none); None: it must be fetched first."""

    def every(self) -> Iterable[RSAPublicKey]:
        """The keys that a signature which names no certificate may be made with."""

    def learn(self, name: str, pem: bytes) -> None:
        """Take in the certificate of that name, fetched from the platform. Raises ValueError if it is not believed."""


@dataclass(frozen=True)
class KeyTrust:
    """Key mode: the platform's one public key, base64 of its DER, as the platform's console shows it."""

    public_key: str
    names: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> RSAPublicKey | None:  # noqa: ARG002  (one key, whatever is named)
        """The key."""
        return self._key

    def every(self) -> Iterable[RSAPublicKey]:
        """The key."""
        return (self._key,)

    def learn(self, name: str, pem: bytes) -> None:
        """There is nothing to learn."""

    @cached_property
    def _key(self) -> RSAPublicKey:
        key = load_der_public_key(b64decode(self.public_key))
        if not isinstance(key, RSAPublicKey):
            raise TypeError("the platform's public key is not an RSA key")
        return key


@dataclass(frozen=True, slots=True)
class Gateway:
    """One application at the open platform."""

    url: str
    app_id: str
    trust: Trust
    signer: RsaSigner
    clock: Clock = system_clock

    def call(
        self, method: str, content: Mapping[str, Any] | None = None, **parameters: str
    ) -> dict[str, Any]:
        """Call one method of the platform and return its answer's node.

        `content` becomes `biz_content`; other parameters (grant_type, code, notify_url) go beside it. Raises
        GatewayRefused, or Unavailable where the outcome is unknown: query, never assume.
        """
        node = self._node(method, self._ask(method, content, **parameters))
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
            **self.trust.names,
            **parameters,
        }
        if content is not None:
            request["biz_content"] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        signature = self.signer.sign(canonical(request, without=("sign",)))
        return request | {"sign": b64encode(signature).decode()}

    def authentic(self, notification: Mapping[str, str]) -> bool:
        """Whether the platform signed this notification (form values, decoded once).

        A payment's signature does not cover `sign_type`, so we ourselves insist on the one algorithm we take; whether
        one covers the certificate's name differs too. Raises Unavailable for a certificate nobody knows yet: anybody
        can send a name, so only our own calls' answers lead to fetching one, and the platform tells us again.
        """
        name = notification.get(CERTIFICATE, "")
        if notification.get("sign_type") != "RSA2" or not is_name(name):
            return False
        drops_type = ("sign", "sign_type")
        keeps_type = ("sign",)
        payment = notification.get("notify_type", "").startswith("trade_")
        rules = (drops_type, keeps_type) if payment else (keeps_type, drops_type)
        messages = [canonical(notification, rule) for rule in rules]
        if name:
            messages += [canonical(notification, (*rule, CERTIFICATE)) for rule in rules]
        signature = notification.get("sign", "")
        return any(holds(key, text, signature) for key, text in product(self._keys(name), messages))

    def _keys(self, name: str) -> Iterable[RSAPublicKey]:
        if not name:
            return self.trust.every()
        key = self.trust.find(name)
        if key is None:
            log.event("gateway.certificate-unknown", certificate=name)
            raise Unavailable
        return (key,)

    def _ask(self, method: str, content: Mapping[str, Any] | None, **parameters: str) -> bytes:
        signed = self.signed(method, content, **parameters)
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        return web.post(self.url, urlencode(signed).encode(), headers, seconds=_SECONDS).body

    def _node(self, method: str, body: bytes) -> dict[str, Any]:
        answer = slice_node(body, node_name(method))
        key = self.trust.find(answer.certificate) or self._fetched(answer.certificate)
        if key is None or not holds(key, answer.raw, answer.signature):
            log.event("gateway.forged", method=method)
            raise Unavailable
        node: dict[str, Any] = json.loads(answer.raw)
        return node

    def _fetched(self, name: str) -> RSAPublicKey | None:
        """The key behind a certificate that nobody of us knows yet.

        Its answer's signature is not looked at: it would be by the very certificate, which has to prove itself.
        """
        if not name or not is_name(name):
            return None
        raw = slice_node(self._ask(_DOWNLOAD, {CERTIFICATE: name}), node_name(_DOWNLOAD)).raw
        try:
            self.trust.learn(name, b64decode(json.loads(raw)["alipay_cert_content"]))
        except (KeyError, TypeError, ValueError):
            log.event("gateway.certificate-not-fetched", certificate=name)
            return None
        return self.trust.find(name)
