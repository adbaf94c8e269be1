"""The gateway's envelope, version 1.0: what a call carries, how it is refused, how an answer is signed.

It must not know any method.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.payment_app.apps import App
from sandbox.payment_app.signing import sign

SUCCESS = {"code": "10000", "msg": "Success"}


class GatewayError(Exception):
    """The gateway refuses a call: a code with its message, and a sub code that says which fact is wrong."""

    def __init__(self, code: str, msg: str, sub_code: str, sub_msg: str) -> None:
        super().__init__(sub_code)
        self.node = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg}


class MissingArgument(GatewayError):
    """A common parameter is missing."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        super().__init__("40001", "Missing Required Arguments", sub_code, sub_msg)


class InvalidArgument(GatewayError):
    """A parameter is wrong: signature, app, code..."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        super().__init__("40002", "Invalid Arguments", sub_code, sub_msg)


class BusinessFailure(GatewayError):
    """The call is well formed and cannot be done."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        super().__init__("40004", "Business Failed", sub_code, sub_msg)


class UnknownOutcome(GatewayError):
    """The platform cannot say what became of the call: whoever called must query."""

    def __init__(self) -> None:
        super().__init__("20000", "Service Currently Unavailable", "isp.unknow-error", "系统繁忙")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that passed the gateway: whose, with which parameters and which business content."""

    app: App
    params: Mapping[str, str]
    content: Mapping[str, Any]

    def text(self, name: str, longest: int = 256) -> str | None:
        """A text (or a number, as some clients send them) of the business content; None when absent."""
        value = self.content.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str | int | float) or isinstance(value, bool) or len(str(value)) > longest:
            raise BusinessFailure("ACQ.INVALID_PARAMETER", f"{name} 参数无效")
        return str(value)

    def required(self, name: str, longest: int = 256) -> str:
        """A text of the business content that must be there."""
        value = self.text(name, longest)
        if value is None:
            raise BusinessFailure("ACQ.INVALID_PARAMETER", f"{name} 参数缺失")
        return value


def answer_name(method: str) -> str:
    """The name of the node that answers a method."""
    return method.replace(".", "_") + "_response"


def signed_answer(
    key: RSAPrivateKey, name: str, node: Mapping[str, Any], certificate: str | None = None
) -> bytes:
    """The answer's bytes. The signature covers the node exactly as it stands in them, and nothing beside it."""
    raw = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    shown = f'"alipay_cert_sn":"{certificate}",' if certificate else ""
    return f'{{"{name}":{raw},{shown}"sign":"{sign(key, raw.encode())}"}}'.encode()


def unsigned_answer(name: str, node: Mapping[str, Any]) -> bytes:
    """The answer's bytes without a signature."""
    return json.dumps({name: node}, ensure_ascii=False, separators=(",", ":")).encode()
