"""RSA2 over the open platform's messages, and the shape of its answers.

Knows bytes and names, never a method or whose a key is.
"""

import json
import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib.errors import Unavailable

CERTIFICATE = "alipay_cert_sn"
"""Beside an answer or in a notification: the certificate whose key signed it."""
_NAME = re.compile(r"(?:[0-9a-f]{32})?", re.ASCII)


class Answer(NamedTuple):
    """What came back: the node's raw bytes, the signature beside it, the certificate it names ("" for none)."""

    raw: bytes
    signature: str
    certificate: str


def is_name(text: str) -> bool:
    """Whether this is how certificates are named, or none is named: anything else leads nowhere."""
    return _NAME.fullmatch(text) is not None


def holds(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Whether the base64 signature is the key's over the message."""
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, BadBase64, ValueError):
        return False
    return True


def node_name(method: str) -> str:
    """The name of the node that answers a method."""
    return method.replace(".", "_") + "_response"


def canonical(parameters: Mapping[str, str], without: tuple[str, ...]) -> bytes:
    """What RSA2 signs: `k=v` sorted by key and joined by `&`, empty values and `without` left out, not URL-encoded."""
    kept = sorted((key, value) for key, value in parameters.items() if key not in without and value != "")
    return "&".join(f"{key}={value}" for key, value in kept).encode()


def slice_node(body: bytes, name: str) -> Answer:
    """The raw bytes of the answer's node (or `error_response`), and what stands beside it.

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
            beside = json.loads(text)
        except ValueError as error:
            raise Unavailable from error
        if not isinstance(beside, dict):
            break
        told = (str(beside.get(each) or "") for each in ("sign", CERTIFICATE))
        return Answer(text[begin:end].encode(), *told)
    raise Unavailable
