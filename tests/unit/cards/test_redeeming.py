"""Offline codes, through the API: minted for a card that can pay, redeemed once, within their life and limit."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.types import rfc3339
from tests.api import Api
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.conftest import CONFIG, WIRING, forget
from tests.fakes import Party, PaymentApp
from tests.parties import redeem, scan

Mint = Callable[[], dict[str, Any]]


@pytest.fixture
def mint(api: Api, phone: Phone, paying_card: str) -> Mint:
    """Fresh codes of a card that can pay, as the phone gets them; logged in anew, since days may pass."""

    def fresh() -> dict[str, Any]:
        phone.log_in()
        shown: dict[str, Any] = api.post(f"/v1/cards/{paying_card}/codes", token=phone.token).json
        return shown

    return fresh


def usages(api: Api, phone: Phone) -> list[dict[str, Any]]:
    phone.log_in()
    items: list[dict[str, Any]] = api.get("/v1/usages", token=phone.token).json["items"]
    return items


# -- minting
def test_only_a_card_that_can_pay_has_an_offline_code(api: Api, phone: Phone) -> None:
    card_id = phone.card()["id"]
    shown = api.post(f"/v1/cards/{card_id}/codes", token=phone.token).json
    assert shown["code"].startswith("SC1:")
    assert [shown[name] for name in ("offlineCode", "offlineExpiresAt", "spendLimitFen")] == [None] * 3


def test_an_offline_code_says_how_long_and_for_how_much(mint: Mint, clock: HeldClock) -> None:
    shown = mint()
    assert shown["offlineCode"].startswith("SC2:")
    assert shown["offlineExpiresAt"] == rfc3339(clock() + timedelta(hours=24))
    assert shown["spendLimitFen"] == 20000


def test_the_deployment_decides_life_and_limit(
    mint: Mint, clock: HeldClock, monkeypatch: pytest.MonkeyPatch, api: Api, pharmacy: Party
) -> None:
    monkeypatch.setenv("OFFLINE_CODE_HOURS", "2")
    monkeypatch.setenv("OFFLINE_SPEND_LIMIT_FEN", "500")
    forget(CONFIG, WIRING)
    shown = mint()
    assert shown["offlineExpiresAt"] == rfc3339(clock() + timedelta(hours=2))
    assert shown["spendLimitFen"] == 500
    assert redeem(api, pharmacy, clock, shown["offlineCode"], amount_fen=501).code == "offline-limit-exceeded"


# -- redeeming
def test_what_was_taken_offline_is_redeemed_and_enters_the_log_at_once(
    api: Api, phone: Phone, pharmacy: Party, clock: HeldClock, mint: Mint
) -> None:
    code, shown_at = mint()["offlineCode"], clock.turn(hours=3)
    clock.turn(hours=5)
    answer = redeem(api, pharmacy, clock, code, presented_at=shown_at, amount_fen=180_00)
    assert answer.status == 200
    assert answer.json["attributes"]["idNumber"] == phone.number
    assert answer.json["card"]["level"] == 2
    (entry,) = usages(api, phone)
    assert (entry["kind"], entry["amountFen"], entry["at"]) == ("offline-qr", 180_00, rfc3339(shown_at))
    assert entry["institution"] == {"id": pharmacy.id, "name": "机构"}


def test_a_terminal_that_is_online_may_decode_an_offline_code(
    api: Api, phone: Phone, pharmacy: Party, clock: HeldClock, mint: Mint
) -> None:
    code = mint()["offlineCode"]
    answer = scan(api, pharmacy, clock, code, "01201")
    assert answer.status == 200
    assert answer.json["attributes"] == {"holder": "张*", "realName": None, "idNumber": None}
    assert [(each["kind"], each["amountFen"]) for each in usages(api, phone)] == [("offline-qr", None)]
    assert scan(api, pharmacy, clock, code, "01201").code == "code-double-spent"
    assert redeem(api, pharmacy, clock, code).code == "code-double-spent"


def test_the_online_code_of_the_same_second_is_another_one(
    api: Api, phone: Phone, pharmacy: Party, clock: HeldClock, mint: Mint
) -> None:
    shown = mint()
    assert scan(api, pharmacy, clock, shown["code"]).status == 200
    assert redeem(api, pharmacy, clock, shown["offlineCode"]).status == 200
    assert {each["kind"] for each in usages(api, phone)} == {"qr", "offline-qr"}


def test_an_online_code_cannot_be_redeemed(api: Api, pharmacy: Party, clock: HeldClock, mint: Mint) -> None:
    assert redeem(api, pharmacy, clock, mint()["code"]).code == "code-invalid"


# -- once
def test_a_terminal_that_lost_its_answer_redeems_again_and_gets_the_same(
    api: Api, phone: Phone, pharmacy: Party, clock: HeldClock, mint: Mint
) -> None:
    code, shown_at = mint()["offlineCode"], clock()
    signing: dict[str, Any] = {"key": "one-request-key", "presented_at": shown_at}
    first = redeem(api, pharmacy, clock, code, **signing)
    clock.turn(minutes=1)
    again = redeem(api, pharmacy, clock, code, **signing)
    assert (first.status, again.status) == (200, 200)
    assert again.json["card"] == first.json["card"]
    assert again.json["expiresIn"] == first.json["expiresIn"] - 60
    assert len(usages(api, phone)) == 1
    assert redeem(api, pharmacy, clock, code, amount_fen=2, **signing).code == "code-double-spent"


def test_an_exact_copy_is_a_replay(api: Api, pharmacy: Party, clock: HeldClock, mint: Mint) -> None:
    code = mint()["offlineCode"]
    copied: dict[str, Any] = {"key": "one-request-key", "nonce": "0123456789abcdef01"}
    assert redeem(api, pharmacy, clock, code, **copied).status == 200
    assert redeem(api, pharmacy, clock, code, **copied).code == "signature-replayed"


def test_a_code_spent_twice_rings_and_its_holder_is_told_of_both_counters(
    api: Api,
    phone: Phone,
    pharmacy: Party,
    hospital: Party,
    clock: HeldClock,
    mint: Mint,
    cloud: Cloud,
    log_lines: Callable[[], str],
) -> None:
    code = mint()["offlineCode"]
    assert redeem(api, pharmacy, clock, code).status == 200
    log_lines()
    refused = redeem(api, hospital, clock, code)
    assert (refused.status, refused.code) == (409, "code-double-spent")
    lines = [json.loads(line) for line in log_lines().splitlines()]
    (rung,) = [line for line in lines if "DoubleSpent" in line]
    assert rung["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    (told,) = [line for line in lines if line.get("message") == "code.double-spent"]
    assert (told["first"], told["institution"]) == (pharmacy.id, hospital.id)
    text = json.dumps(lines, ensure_ascii=False)
    assert [secret for secret in (code, phone.number, phone.name) if secret in text] == []
    redeem(api, hospital, clock, code)
    redeem(api, pharmacy, clock, code)
    cloud.settle()
    notices = api.get("/v1/notices", token=phone.token).json["items"]
    twice = [each for each in notices if each["kind"] == "code-double-spent"]
    assert len(twice) == 2  # of the hospital once, of the pharmacy's own second use once
    assert all("机构" in each["body"]["zh"] and "{" not in each["body"]["en"] for each in twice)
    assert cloud.dead_letters() == []


# -- when
def test_it_may_be_handed_in_until_a_day_after_its_end(
    api: Api, pharmacy: Party, clock: HeldClock, mint: Mint
) -> None:
    code, shown_at = mint()["offlineCode"], clock()
    clock.turn(hours=48)
    late = redeem(api, pharmacy, clock, code, presented_at=shown_at)
    assert late.status == 200
    again = mint()["offlineCode"]
    shown_at = clock()
    clock.turn(hours=48, seconds=1)
    refused = redeem(api, pharmacy, clock, again, presented_at=shown_at)
    assert (refused.status, refused.code) == (410, "code-expired")


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (timedelta(hours=24), "code-expired"),
        (timedelta(hours=30), "code-expired"),
        (timedelta(minutes=-10), "code-expired"),
        (timedelta(hours=23, minutes=59), None),
        (timedelta(hours=36), "payload-invalid"),
    ],
)
def test_it_counts_only_if_it_was_shown_within_its_life(
    api: Api, pharmacy: Party, clock: HeldClock, mint: Mint, shown: timedelta, code: str | None
) -> None:
    offline, made_at = mint()["offlineCode"], clock()
    clock.turn(hours=31)
    answer = redeem(api, pharmacy, clock, offline, presented_at=made_at + shown)
    assert answer.json.get("code") == code


def test_it_is_worth_what_it_says(api: Api, pharmacy: Party, clock: HeldClock, mint: Mint) -> None:
    code = mint()["offlineCode"]
    refused = redeem(api, pharmacy, clock, code, amount_fen=20001)
    assert (refused.status, refused.code) == (409, "offline-limit-exceeded")
    assert redeem(api, pharmacy, clock, code, amount_fen=20000).status == 200


# -- whose card
Change = Callable[[], object]


@pytest.fixture
def suspended(api: Api, phone: Phone, paying_card: str) -> Change:
    return lambda: api.post(f"/v1/cards/{paying_card}/suspend", {}, token=phone.token)


@pytest.fixture
def resumed(api: Api, phone: Phone, paying_card: str) -> Change:
    def change() -> None:
        phone.log_in()
        proof = {"verificationId": phone.verified()}
        assert api.post(f"/v1/cards/{paying_card}/resume", proof, token=phone.token).status == 200

    return change


def outcomes(api: Api, party: Party, clock: HeldClock, codes: list[str], *shown_at: datetime) -> list[str]:
    answers = [
        redeem(api, party, clock, code, presented_at=at) for code, at in zip(codes, shown_at, strict=True)
    ]
    return [str(each.json.get("code", "redeemed")) for each in answers]


def test_what_was_shown_before_the_card_was_suspended_counts_and_nothing_after(
    api: Api, phone: Phone, pharmacy: Party, clock: HeldClock, mint: Mint, suspended: Change, resumed: Change
) -> None:
    codes = [mint()["offlineCode"] for _ in range(5)]
    before = clock.turn(minutes=10)
    clock.turn(minutes=10)
    suspended()
    after = clock.turn(minutes=10)
    assert outcomes(api, pharmacy, clock, codes[:2], before, after) == ["redeemed", "card-suspended"]
    resumed()
    again = clock.turn(minutes=10)
    found = outcomes(api, pharmacy, clock, codes[2:], before, after, again)
    assert found == ["redeemed", "card-suspended", "card-suspended"]
    assert redeem(api, pharmacy, clock, mint()["offlineCode"]).status == 200
    assert scan(api, pharmacy, clock, mint()["offlineCode"]).status == 200


def test_what_was_shown_after_the_card_moved_to_another_account_does_not_count(
    api: Api, phone: Phone, pharmacy: Party, clock: HeldClock, mint: Mint, payment_app: PaymentApp
) -> None:
    codes = [mint()["offlineCode"] for _ in range(2)]
    before = clock.turn(minutes=1)
    clock.turn(minutes=1)
    other = Phone(api, payment_app, number=phone.number)
    moved = {"verificationId": other.verified(), "move": True}
    assert api.post("/v1/cards", moved, token=other.token).status == 201
    after = clock.turn(minutes=1)
    assert outcomes(api, pharmacy, clock, codes, before, after) == ["redeemed", "code-expired"]


def test_what_the_bureau_locked_is_locked(
    api: Api, pharmacy: Party, clock: HeldClock, mint: Mint, bureau: Bureau, phone: Phone, cloud: Cloud
) -> None:
    code = mint()["offlineCode"]
    clock.turn(minutes=1)
    number = (bureau.facts[phone.number] or {})["cardNumber"]
    assert bureau.calls(api, clock, number, 2, "locked").status == 202
    cloud.settle()
    clock.turn(minutes=1)
    assert redeem(api, pharmacy, clock, code).code == "card-locked"
    assert scan(api, pharmacy, clock, code).code == "card-locked"


def test_any_change_makes_it_invalid(api: Api, pharmacy: Party, clock: HeldClock, mint: Mint) -> None:
    code = mint()["offlineCode"]
    for place in range(0, len(code), 7):
        changed = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
        assert redeem(api, pharmacy, clock, changed).code == "code-invalid"
    assert redeem(api, pharmacy, clock, code).status == 200
