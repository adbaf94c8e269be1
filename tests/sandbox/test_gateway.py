"""The gateway's envelope: who is let in, and that what comes back is signed as it stands."""

import json
from datetime import timedelta

import pytest

from sandbox.clock import beijing
from sandbox.faults import FaultSet
from sandbox.origin.routing import Refused
from sandbox.payment_app.apps import FURTHER_APPS_FILE, OWN_KEY_FILE
from sandbox.world import World
from tests.sandbox.merchant import Merchant, form_request, merchant_key, other_key, public_pem
from tests.sandbox.outside import HeldClock

QUERY = "alipay.trade.query"
UNKNOWN_TRADE = {"out_trade_no": "none"}


def refusal(merchant: Merchant, **changed: str | None) -> tuple[str, str]:
    """The codes with which a query is refused whose parameters were changed before it was signed."""
    params = {**merchant.params(QUERY, UNKNOWN_TRADE), **changed}
    node = merchant.node(merchant.send(merchant.signed({k: v for k, v in params.items() if v is not None})))
    return node["code"], node["sub_code"]


def test_a_signed_call_reaches_its_method(merchant: Merchant) -> None:
    assert merchant.call(QUERY, UNKNOWN_TRADE)["sub_code"] == "ACQ.TRADE_NOT_EXIST"


def test_get_and_post_and_parameters_spread_over_query_and_form_are_the_same(merchant: Merchant) -> None:
    params = merchant.signed(merchant.params(QUERY, UNKNOWN_TRADE))
    content = {"biz_content": params.pop("biz_content")}
    spread = merchant.gateway.answer(form_request(content, params))
    assert spread.body == merchant.send({**params, **content}).body


def test_the_answer_stands_in_the_methods_node(merchant: Merchant) -> None:
    body = merchant.send(merchant.signed(merchant.params(QUERY, UNKNOWN_TRADE))).body
    assert list(json.loads(body)) == ["alipay_trade_query_response", "sign"]


def test_a_strangers_signature_is_refused(merchant: Merchant) -> None:
    forged = merchant.signed(merchant.params(QUERY, UNKNOWN_TRADE), other_key())
    assert merchant.node(merchant.send(forged))["sub_code"] == "isv.invalid-signature"


@pytest.mark.parametrize("name", ["biz_content", "timestamp", "format", "notify_url"])
def test_a_parameter_changed_after_signing_is_refused(merchant: Merchant, name: str) -> None:
    params = merchant.signed(merchant.params(QUERY, UNKNOWN_TRADE, notify_url="http://a/b"))
    changed = {**params, name: params[name] + " "} if name != "format" else {**params, "format": "json"}
    assert merchant.node(merchant.send(changed))["sub_code"] == "isv.invalid-signature"


def test_a_signature_that_leaves_sign_type_out_is_refused(merchant: Merchant) -> None:
    params = merchant.params(QUERY, UNKNOWN_TRADE)
    signed = merchant.signed({name: value for name, value in params.items() if name != "sign_type"})
    node = merchant.node(merchant.send({**signed, "sign_type": "RSA2"}))
    assert (node["code"], node["sub_code"]) == ("40002", "isv.invalid-signature")


@pytest.mark.parametrize(
    ("name", "sub_code"),
    [
        ("app_id", "isv.missing-app-id"),
        ("method", "isv.missing-method"),
        ("timestamp", "isv.missing-timestamp"),
        ("version", "isv.missing-version"),
        ("sign_type", "isv.missing-signature-type"),
    ],
)
def test_a_missing_parameter_is_named(merchant: Merchant, name: str, sub_code: str) -> None:
    assert refusal(merchant, **{name: None}) == ("40001", sub_code)


@pytest.mark.parametrize(
    ("changed", "sub_code"),
    [
        ({"app_id": "2021000000000000"}, "isv.invalid-app-id"),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"version": "2.0"}, "isv.invalid-format"),
        ({"charset": "gbk"}, "isv.invalid-charset"),
        ({"timestamp": "yesterday"}, "isv.invalid-timestamp"),
        ({"method": "alipay.no.such"}, "isv.invalid-method"),
        ({"biz_content": "[1]"}, "isv.invalid-parameter"),
        ({"biz_content": "{"}, "isv.invalid-parameter"),
    ],
)
def test_a_wrong_parameter_is_named(merchant: Merchant, changed: dict[str, str], sub_code: str) -> None:
    assert refusal(merchant, **changed) == ("40002", sub_code)


@pytest.mark.parametrize("hours", [-25, 25])
def test_a_timestamp_of_another_day_is_refused(merchant: Merchant, held: HeldClock, hours: int) -> None:
    then = beijing(held.now() + timedelta(hours=hours))
    assert refusal(merchant, timestamp=then) == ("40002", "isv.invalid-timestamp")


def test_an_unknown_method_is_answered_in_error_response(merchant: Merchant) -> None:
    body = merchant.send(merchant.signed(merchant.params("alipay.no.such"))).body
    assert list(json.loads(body)) == ["error_response", "sign"]


def test_the_apps_key_is_read_again_when_its_file_changes(merchant: Merchant, outside: World) -> None:
    assert merchant.call(QUERY, UNKNOWN_TRADE)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    (outside.place.state / OWN_KEY_FILE).write_text(public_pem(other_key()))
    node = merchant.node(merchant.send(merchant.signed(merchant.params(QUERY, UNKNOWN_TRADE), other_key())))
    assert node["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert merchant.call(QUERY, UNKNOWN_TRADE)["sub_code"] == "isv.invalid-signature"


def test_an_app_without_a_key_yet_is_unknown(merchant: Merchant, outside: World) -> None:
    (outside.place.state / OWN_KEY_FILE).unlink()
    assert merchant.call(QUERY, UNKNOWN_TRADE)["sub_code"] == "isv.invalid-app-id"


def test_a_further_app_has_its_own_key_and_trades(
    merchant: Merchant, outside: World, held: HeldClock
) -> None:
    entry = {"publicKey": public_pem(merchant_key()), "sellerId": "2088999999999999"}
    (outside.place.state / FURTHER_APPS_FILE).write_text(json.dumps({"2021999999999999": entry}))
    other = Merchant(merchant.gateway, merchant.platform_key, held, "2021999999999999")
    assert other.call(QUERY, UNKNOWN_TRADE)["sub_code"] == "ACQ.TRADE_NOT_EXIST"


def test_a_page_is_opened_by_a_signed_address_alone(merchant: Merchant) -> None:
    params = merchant.signed(merchant.params("alipay.user.certify.open.certify", {"certify_id": "none"}))
    assert merchant.node(merchant.send(params))["sub_code"] == "OPEN_CERTIFY_BILL_NOT_EXIST"
    params["sign"] = params["sign"][:-4] + "AAA="
    assert merchant.node(merchant.send(params))["sub_code"] == "isv.invalid-signature"


def test_a_lost_answer_has_taken_effect(merchant: Merchant, outside: World) -> None:
    begun = {
        "outer_order_no": "a" * 32,
        "biz_code": "FACE",
        "identity_param": {
            "identity_type": "CERT_INFO",
            "cert_type": "IDENTITY_CARD",
            "cert_name": "李四",
            "cert_no": outside.people.everybody[0].id_number,
        },
    }
    outside.faults.set(FaultSet.model_validate({"gateway": {"kind": "lost"}}))
    assert merchant.call("alipay.user.certify.open.initialize", begun)["code"] == "20000"
    assert len(outside.shelf.every("certification")) == 1


def test_a_gateway_that_is_down_answers_nothing_signed(merchant: Merchant, outside: World) -> None:
    outside.faults.set(FaultSet.model_validate({"gateway": {"kind": "down"}}))
    with pytest.raises(Refused) as refused:
        merchant.call(QUERY, UNKNOWN_TRADE)
    assert refused.value.status == 503


def test_times_are_beijings(held: HeldClock) -> None:
    assert beijing(held.now()) == "2026-11-23 10:00:00"
