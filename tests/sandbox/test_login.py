"""Codes work once, for their app, while they live."""

import json

import pytest

from sandbox.payment_app.accounts import find_open_id, open_id
from sandbox.payment_app.apps import OWN_APP_ID
from sandbox.people import Person
from sandbox.world import World
from tests.sandbox.merchant import Merchant
from tests.sandbox.outside import Client, HeldClock

TOKEN = "alipay.system.oauth.token"


def exchange(merchant: Merchant, code: str) -> dict[str, object]:
    return merchant.call(TOKEN, grant_type="authorization_code", code=code)


def test_a_code_tells_whose_account_it_is(merchant: Merchant, outside: World, person: Person) -> None:
    node = exchange(merchant, outside.payment_app.codes.give(person.user_id, OWN_APP_ID))
    assert node["user_id"] == person.user_id
    assert node["open_id"] == open_id(OWN_APP_ID, person.user_id)
    assert {"access_token", "refresh_token", "expires_in", "re_expires_in", "auth_start"} <= set(node)
    assert "code" not in node


def test_a_used_code_is_invalid(merchant: Merchant, outside: World, person: Person) -> None:
    code = outside.payment_app.codes.give(person.user_id, OWN_APP_ID)
    exchange(merchant, code)
    assert exchange(merchant, code)["sub_code"] == "isv.code-invalid"


def test_a_code_lives_three_minutes(
    merchant: Merchant, outside: World, person: Person, held: HeldClock
) -> None:
    code = outside.payment_app.codes.give(person.user_id, OWN_APP_ID)
    held.turn(minutes=3)
    assert exchange(merchant, code)["sub_code"] == "isv.code-invalid"


@pytest.mark.parametrize("code", ["made-up", "0" * 32])
def test_a_code_nobody_gave_is_invalid_and_told_in_error_response(merchant: Merchant, code: str) -> None:
    params = merchant.params(TOKEN, grant_type="authorization_code", code=code)
    body = json.loads(merchant.send(merchant.signed(params)).body)
    assert body["error_response"]["sub_code"] == "isv.code-invalid"


def test_a_code_for_another_app_is_invalid(merchant: Merchant, outside: World, person: Person) -> None:
    code = outside.payment_app.codes.give(person.user_id, "2021999999999999")
    assert exchange(merchant, code)["sub_code"] == "isv.code-invalid"


def test_a_refresh_token_works_once(merchant: Merchant, outside: World, person: Person) -> None:
    first = exchange(merchant, outside.payment_app.codes.give(person.user_id, OWN_APP_ID))
    token = str(first["refresh_token"])
    assert merchant.call(TOKEN, grant_type="refresh_token", refresh_token=token)["user_id"] == person.user_id
    again = merchant.call(TOKEN, grant_type="refresh_token", refresh_token=token)
    assert again["sub_code"] == "isv.refresh-token-invalid"


def test_an_unknown_grant_and_a_missing_code_are_refused(merchant: Merchant) -> None:
    assert merchant.call(TOKEN, grant_type="password")["sub_code"] == "isv.grant-type-invalid"
    assert merchant.call(TOKEN, grant_type="authorization_code")["sub_code"] == "isv.missing-code"


def test_an_open_id_belongs_to_one_app(outside: World, person: Person) -> None:
    here, there = open_id(OWN_APP_ID, person.user_id), open_id("2021999999999999", person.user_id)
    assert here != there
    assert find_open_id(outside.people, OWN_APP_ID, here) == person.user_id
    assert find_open_id(outside.people, OWN_APP_ID, there) is None


def test_the_page_gets_a_code_for_a_citizen_and_for_nobody_else(client: Client, person: Person) -> None:
    assert client.post("/sandbox/payment-app/auth-codes", {"userId": person.user_id}).json["authCode"]
    unknown = client.post("/sandbox/payment-app/auth-codes", {"userId": "2088"})
    assert (unknown.status, unknown.json["code"]) == (404, "person-unknown")
