"""A merchant of its own making, for tests: signs requests with a few lines that share nothing with the sandbox."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.clock import Clock, beijing
from sandbox.origin.routing import Request, Response
from sandbox.payment_app.apps import OWN_APP_ID
from sandbox.payment_app.gateway import Gateway


@cache
def merchant_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@cache
def other_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def public_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def headers(**values: str) -> Message:
    message = Message()
    for name, value in values.items():
        message[name.replace("_", "-")] = value
    return message


def form_request(params: Mapping[str, str], query: Mapping[str, str] | None = None) -> Request:
    body = urlencode(params).encode()
    form = headers(Content_Type="application/x-www-form-urlencoded;charset=utf-8")
    return Request("POST", "/sandbox/payment-app/gateway.do", urlencode(query or {}), form, body)


@dataclass(slots=True)
class Merchant:
    """Calls the gateway and believes only what the platform's key signed."""

    gateway: Gateway
    platform_key: RSAPublicKey
    clock: Clock
    app_id: str = OWN_APP_ID

    def params(self, method: str, content: Mapping[str, Any] | None = None, **more: str) -> dict[str, str]:
        common = {
            "app_id": self.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": beijing(self.clock.now()),
            "version": "1.0",
            **more,
        }
        if content is not None:
            common["biz_content"] = json.dumps(content, ensure_ascii=False)
        return common

    def signed(self, params: Mapping[str, str], key: RSAPrivateKey | None = None) -> dict[str, str]:
        content = "&".join(f"{name}={params[name]}" for name in sorted(params) if params[name])
        signature = (key or merchant_key()).sign(content.encode(), PKCS1v15(), SHA256())
        return {**params, "sign": base64.b64encode(signature).decode()}

    def send(self, params: Mapping[str, str]) -> Response:
        return self.gateway.answer(form_request(params))

    def call(self, method: str, content: Mapping[str, Any] | None = None, **more: str) -> dict[str, Any]:
        """The answer's node, its signature checked over the very bytes that came."""
        return self.node(self.send(self.signed(self.params(method, content, **more))))

    def node(self, response: Response) -> dict[str, Any]:
        text = response.body.decode()
        raw, _, rest = text[text.index(":") + 1 :].rpartition(',"sign":"')
        self.platform_key.verify(base64.b64decode(rest[:-2]), raw.encode(), PKCS1v15(), SHA256())
        node: dict[str, Any] = json.loads(raw)
        return node
