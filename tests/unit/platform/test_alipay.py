"""The open platform's protocol: a real notification as golden vector, and the rules of signing and slicing."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib.errors import Unavailable
from chalicelib.platform import aws
from chalicelib.platform.alipay import Gateway, GatewayRefused, KeyTrust
from chalicelib.platform.alipay_signing import canonical, slice_node
from chalicelib.platform.keys import RsaSigner
from tests.fakes import PaymentApp, Sent, World

GOLDEN = json.loads((Path(__file__).parents[2] / "data" / "alipay-trade-notify.json").read_text("utf-8"))
PARAMETERS: dict[str, str] = GOLDEN["params"]
QUERY = "alipay.trade.query"
NODE = "alipay_trade_query_response"


@pytest.fixture(scope="module")
def platform() -> Gateway:
    """Knows the real platform's key; signs nothing."""
    return Gateway("", "", KeyTrust(GOLDEN["public_key_der_base64"]), RsaSigner("unused"))


@pytest.fixture
def gateway(aws_keys: dict[str, str], payment_app: PaymentApp) -> Gateway:
    return Gateway(
        payment_app.url,
        payment_app.app_id,
        KeyTrust(payment_app.public_key),
        RsaSigner(aws_keys["PaymentAppKey"]),
        lambda: datetime(2026, 11, 22, 16, 30, 5, tzinfo=UTC),
    )


def test_the_real_notification_is_authentic(platform: Gateway) -> None:
    assert platform.authentic(PARAMETERS)


@pytest.mark.parametrize("name", sorted(set(PARAMETERS) - {"sign_type"}))
def test_any_changed_byte_of_any_parameter_is_noticed(platform: Gateway, name: str) -> None:
    value = PARAMETERS[name]
    for place in range(len(value)):
        changed = value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]
        assert not platform.authentic(PARAMETERS | {name: changed})


def test_a_parameter_more_or_less_is_noticed(platform: Gateway) -> None:
    assert not platform.authentic(PARAMETERS | {"total": "0.01"})
    for name in set(PARAMETERS) - {"sign_type"}:
        assert not platform.authentic({key: PARAMETERS[key] for key in PARAMETERS if key != name})


def test_an_empty_parameter_is_not_signed(platform: Gateway) -> None:
    assert platform.authentic(PARAMETERS | {"passback_params": ""})


@pytest.mark.parametrize("sign", ["", "!", "AAAA", "é"])
def test_a_value_that_is_no_signature_is_refused(platform: Gateway, sign: str) -> None:
    assert not platform.authentic(PARAMETERS | {"sign": sign})


def test_a_notification_of_another_kind_keeps_its_sign_type(
    gateway: Gateway, payment_app: PaymentApp
) -> None:
    told = payment_app.notification(notify_type="open_app_auth_notify", app_auth_token="t")
    assert gateway.authentic(told)
    assert not gateway.authentic(told | {"app_auth_token": "u"})


def test_what_is_signed_is_sorted_and_not_encoded() -> None:
    values = {"b": "2 3&", "a": "中", "sign": "s", "empty": "", "sign_type": "RSA2"}
    assert canonical(values, ("sign",)) == "a=中&b=2 3&&sign_type=RSA2".encode()
    assert canonical(values, ("sign", "sign_type")) == "a=中&b=2 3&".encode()


def test_a_request_is_signed_over_everything_but_its_signature(
    gateway: Gateway, aws_keys: dict[str, str]
) -> None:
    signed = gateway.signed(QUERY, {"out_trade_no": "订单1"}, notify_url="http://127.0.0.1/n?a=b&c=d")
    assert signed["timestamp"] == "2026-11-23 00:30:05"
    assert signed["biz_content"] == '{"out_trade_no":"订单1"}'
    der = aws.kms().get_public_key(KeyId=aws_keys["PaymentAppKey"])["PublicKey"]
    key = load_der_public_key(der)
    assert isinstance(key, RSAPublicKey)
    key.verify(b64decode(signed["sign"]), canonical(signed, ("sign",)), PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        key.verify(
            b64decode(signed["sign"]), canonical(signed | {"app_id": "x"}, ("sign",)), PKCS1v15(), SHA256()
        )


def test_a_call_returns_the_answers_node(gateway: Gateway, payment_app: PaymentApp) -> None:
    payment_app.says(QUERY, {"trade_status": "TRADE_SUCCESS", "subject": '张"}\\三'})
    node = gateway.call(QUERY, {"out_trade_no": "1"})
    assert node["subject"] == '张"}\\三'
    (parameters,) = payment_app.calls(QUERY)
    assert parameters["biz_content"] == {"out_trade_no": "1"}


def test_a_refusal_carries_the_platforms_codes_and_not_its_words(
    gateway: Gateway, payment_app: PaymentApp
) -> None:
    refusal = {
        "code": "40004",
        "sub_code": "ACQ.TRADE_NOT_EXIST",
        "sub_msg": "交易 330102199005170018 不存在",
    }
    payment_app.says(QUERY, refusal)
    with pytest.raises(GatewayRefused) as refused:
        gateway.call(QUERY, {})
    assert (refused.value.code, refused.value.sub_code) == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert "330102" not in str(refused.value)


@pytest.mark.parametrize(
    "node", [{"code": "20000"}, {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, {"broken": 502}]
)
def test_an_unknown_outcome_is_unavailable(
    gateway: Gateway, payment_app: PaymentApp, node: dict[str, Any]
) -> None:
    payment_app.says(QUERY, node)
    with pytest.raises(Unavailable):
        gateway.call(QUERY, {})


def test_an_answer_that_was_changed_on_its_way_is_not_believed(
    gateway: Gateway, payment_app: PaymentApp, world: World
) -> None:
    payment_app.says(QUERY, {"trade_status": "WAIT_BUYER_PAY"})
    honest = world._behaviours[payment_app.path]

    def changed(request: Any) -> Sent:
        body = honest(request).body
        assert b"WAIT_BUYER_PAY" in body
        return Sent(200, body.replace(b"WAIT_BUYER_PAY", b"TRADE_SUCCESS "))

    world.on(payment_app.path, changed)
    with pytest.raises(Unavailable):
        gateway.call(QUERY, {})


def test_nobody_there_is_unavailable(aws_keys: dict[str, str]) -> None:
    signer = RsaSigner(aws_keys["PaymentAppKey"])
    trust = KeyTrust(GOLDEN["public_key_der_base64"])
    gateway = Gateway("http://127.0.0.1:9/gateway.do", "a", trust, signer)
    with pytest.raises(Unavailable):
        gateway.call(QUERY, {})


def test_a_page_address_is_signed_too(gateway: Gateway) -> None:
    address = gateway.page_url("alipay.user.certify.open.certify", {"certify_id": "c"})
    told = dict(parse_qsl(urlsplit(address).query))
    assert told["method"] == "alipay.user.certify.open.certify"
    assert len(b64decode(told["sign"])) == 256


@pytest.mark.parametrize(
    "text",
    [
        '{"NODE":{"a":"}\\"{","b":[1]},"sign":"s"}',
        '{"sign":"s","NODE":{"a":"}\\"{","b":[1]}}',
        '{ "NODE": {"a":"}\\"{","b":[1]} , "sign" : "s" }',
        '{"error_response":{"a":"}\\"{","b":[1]},"sign":"s"}',
        '{"NODE":{"a":"}\\"{","b":[1]},"alipay_cert_sn":"c","sign":"s"}',
    ],
)
def test_a_node_is_sliced_raw_wherever_it_stands(text: str) -> None:
    raw, sign, certificate = slice_node(text.replace("NODE", NODE).encode(), NODE)
    assert (raw, sign) == (b'{"a":"}\\"{","b":[1]}', "s")
    assert certificate == ("c" if "alipay_cert_sn" in text else "")


@pytest.mark.parametrize(
    "text", ["", "<html>", "{}", f'{{"{NODE}":', f'{{"{NODE}":{{}}', f'[{{"{NODE}":{{}}}}]']
)
def test_an_answer_without_a_node_tells_nothing(text: str) -> None:
    with pytest.raises(Unavailable):
        slice_node(text.encode(), NODE)


def test_a_node_without_a_signature_is_not_believed(
    gateway: Gateway, payment_app: PaymentApp, world: World
) -> None:
    world.on(payment_app.path, lambda _: Sent(200, f'{{"{NODE}":{{"code":"10000"}}}}'.encode()))
    with pytest.raises(Unavailable):
        gateway.call(QUERY, {})
