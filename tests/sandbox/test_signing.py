"""RSA2 over a notification that the real platform signed, and over any change to it."""

import base64
import json
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sandbox.payment_app.signing import NOTIFICATION_OMITS, REQUEST_OMITS, signed_content, verifies

VECTOR = json.loads((Path(__file__).parent.parent / "data" / "alipay-trade-notify.json").read_text("utf-8"))
PARAMS: dict[str, str] = VECTOR["params"]
KEY = cast(RSAPublicKey, load_der_public_key(base64.b64decode(VECTOR["public_key_der_base64"])))
COVERED = sorted(set(PARAMS) - NOTIFICATION_OMITS)


def holds(params: dict[str, str]) -> bool:
    return verifies(KEY, signed_content(params, NOTIFICATION_OMITS), params["sign"])


def test_the_real_notification_verifies_without_sign_and_sign_type() -> None:
    assert holds(PARAMS)
    assert not verifies(KEY, signed_content(PARAMS, REQUEST_OMITS), PARAMS["sign"])


@pytest.mark.parametrize("name", COVERED)
def test_any_changed_byte_of_a_parameter_is_noticed(name: str) -> None:
    """Every bit of every byte, in the very content that is signed."""
    content = signed_content(PARAMS, NOTIFICATION_OMITS)
    start = f"&{content.decode()}".index(f"&{name}=") + len(name) + 1
    start = len(content.decode()[:start].encode())
    value = PARAMS[name].encode()
    assert content[start : start + len(value)] == value
    for place in range(start, start + len(value)):
        for mask in (1, 2, 4, 8, 16, 32, 64, 128):
            changed = content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]
            assert not verifies(KEY, changed, PARAMS["sign"])


@pytest.mark.parametrize("name", COVERED)
def test_a_missing_doubled_or_emptied_parameter_is_noticed(name: str) -> None:
    assert not holds({key: value for key, value in PARAMS.items() if key != name})
    assert not holds({**PARAMS, name: ""})
    assert not holds({**PARAMS, name: PARAMS[name] * 2})


def test_an_added_parameter_is_noticed_and_an_empty_one_is_not_signed() -> None:
    assert not holds({**PARAMS, "refund_fee": "0.10"})
    assert holds({**PARAMS, "body": ""})


def test_any_changed_character_of_the_signature_is_noticed() -> None:
    sign = PARAMS["sign"]
    for place in range(len(sign) - 2):
        other = "A" if sign[place] != "A" else "B"
        assert not holds({**PARAMS, "sign": sign[:place] + other + sign[place + 1 :]})


@pytest.mark.parametrize("sign", ["", "no base64!", "AAAA"])
def test_what_is_no_signature_is_no_signature(sign: str) -> None:
    assert not holds({**PARAMS, "sign": sign})
