"""The usage log, through the API: everything at once, names and no values; and the word against it, "not me"."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.model.decoding import ERRANDS, BusinessType
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud, each_attribute
from tests.fakes import Party, PaymentApp
from tests.parties import TERMINAL, scan

Log = Callable[[], list[dict[str, Any]]]
Show = Callable[[], str]
USAGES = "/v1/usages"


@pytest.fixture
def card_id(phone: Phone) -> str:
    """The phone's card."""
    return str(phone.card()["id"])


@pytest.fixture
def show(api: Api, phone: Phone, card_id: str) -> Show:
    """A fresh code of it."""
    return lambda: str(api.post(f"/v1/cards/{card_id}/codes", token=phone.token).json["code"])


@pytest.fixture
def log(api: Api, phone: Phone) -> Log:
    """The phone's usage log."""
    return lambda: list(api.get(USAGES, token=phone.token).json["items"])


@pytest.fixture
def used(api: Api, pharmacy: Party, clock: HeldClock, show: Show, log: Log) -> str:
    """The id of one use of the card, at the pharmacy."""
    assert scan(api, pharmacy, clock, show(), "02121").status == 200
    return str(log()[0]["id"])


# -- the log
@pytest.mark.parametrize("business_type", list(BusinessType))
def test_each_use_is_there_at_once_and_says_who_why_where_and_what_by_name(
    api: Api,
    pharmacy: Party,
    clock: HeldClock,
    show: Show,
    log: Log,
    card_id: str,
    business_type: BusinessType,
) -> None:
    assert scan(api, pharmacy, clock, show(), business_type).status == 200
    (entry,) = log()
    errand = ERRANDS[business_type]
    assert entry.pop("id").startswith("use_")
    assert entry == {
        "kind": "qr",
        "at": clock().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "institution": {"id": pharmacy.id, "name": "机构"},
        "businessType": business_type,
        "purpose": {"zh": errand.zh, "en": errand.en},
        "attributes": [*errand.attributes],
        "cardId": card_id,
        "terminal": {name: told for name, told in TERMINAL.items() if name != "nonce"},
        "familyMember": None,
        "amountFen": None,
        "disputedAt": None,
    }


def test_an_entry_holds_no_value_of_what_was_told(
    api: Api, pharmacy: Party, phone: Phone, used: str, cloud: Cloud
) -> None:
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == f"USE#{used}"]
    kept = json.dumps(dict(each_attribute(item)), ensure_ascii=False)
    assert pharmacy.id in kept
    assert f"{pharmacy.id}#k1" in kept
    assert [secret for secret in (phone.number, phone.name) if secret in kept] == []
    shown = api.get(USAGES, token=phone.token).body.decode()
    assert [secret for secret in (phone.number, phone.name) if secret in shown] == []


def test_a_refused_decode_leaves_no_entry(
    api: Api, pharmacy: Party, hospital: Party, clock: HeldClock, show: Show, log: Log
) -> None:
    code = show()
    scan(api, pharmacy, clock, code)
    scan(api, hospital, clock, code)
    scan(api, Party(hospital.id), clock, show())
    assert [each["institution"]["id"] for each in log()] == [pharmacy.id]


def test_the_log_comes_newest_first_page_by_page_without_loss(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, phone: Phone
) -> None:
    for number in range(7):
        clock.turn(seconds=1)
        assert scan(api, pharmacy, clock, show(), key=f"request-{number}").status == 200
    whole = api.get(USAGES, token=phone.token).json["items"]
    assert [each["at"] for each in whole] == sorted((each["at"] for each in whole), reverse=True)
    found, cursor = [], ""
    for _ in range(4):
        page = api.get(f"{USAGES}?limit=2{cursor}", token=phone.token).json
        found += page["items"]
        cursor = f"&cursor={page['cursor']}"
    assert found == whole
    assert page["cursor"] is None


def test_of_two_codes_of_one_second_the_later_use_comes_first(
    api: Api, pharmacy: Party, hospital: Party, clock: HeldClock, show: Show, log: Log
) -> None:
    codes = [show() for _ in range(6)]
    for number, code in enumerate(codes):
        clock.turn(seconds=1)
        scan(api, hospital if number % 2 else pharmacy, clock, code)
    assert [each["institution"]["id"] for each in log()] == [hospital.id, pharmacy.id] * 3


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=AAAA", "mandateId=man_x", "more=1"])
def test_a_list_is_asked_for_as_told(api: Api, phone: Phone, card_id: str, query: str) -> None:
    assert api.get(f"{USAGES}?{query}", token=phone.token).status == 422


def test_whoever_has_no_card_has_an_empty_log(api: Api, phone: Phone) -> None:
    phone.log_in()
    answer = api.get(f"{USAGES}?limit=100", token=phone.token)
    assert (answer.status, answer.json) == (200, {"items": [], "cursor": None})
    assert api.post(f"{USAGES}/use_1/not-me", token=phone.token).code == "usage-not-found"


def test_nobody_reads_anothers_log_or_goes_on_with_anothers_cursor(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, phone: Phone, payment_app: PaymentApp, used: str
) -> None:
    scan(api, pharmacy, clock, show())
    cursor = api.get(f"{USAGES}?limit=1", token=phone.token).json["cursor"]
    stranger = Phone(api, payment_app)
    stranger.log_in()
    assert api.get(USAGES, token=stranger.token).json["items"] == []
    assert api.post(f"{USAGES}/{used}/not-me", token=stranger.token).code == "usage-not-found"
    other = wiring.cursors().seal("usages:psn_x", {"pk": "a", "sk": "b"})
    assert api.get(f"{USAGES}?cursor={other}", token=phone.token).status == 422
    assert api.get(f"{USAGES}?cursor={cursor}", token=phone.token).status == 200


# -- not me
def test_not_me_suspends_the_card_disputes_the_entry_and_flags_the_key(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, log: Log, phone: Phone, used: str
) -> None:
    code = show()
    clock.turn(seconds=5)
    answer = api.post(f"{USAGES}/{used}/not-me", token=phone.token)
    assert (answer.status, answer.json["cardStatus"]) == (200, "suspended")
    assert log()[0]["disputedAt"] == answer.json["disputedAt"]
    assert scan(api, pharmacy, clock, code).code == "card-suspended"
    (flag,) = wiring.institutions().flags(pharmacy.id)
    assert (flag.use_id, flag.key_id, flag.flagged_at) == (used, f"{pharmacy.id}#k1", clock())


def test_not_me_rings_and_says_whose_key_it_was(
    api: Api, pharmacy: Party, phone: Phone, card_id: str, used: str, log_lines: Callable[[], str]
) -> None:
    log_lines()
    api.post(f"{USAGES}/{used}/not-me", token=phone.token)
    lines = [json.loads(line) for line in log_lines().splitlines()]
    (rung,) = [line for line in lines if "DisputedDecodes" in line]
    assert rung["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    (told,) = [line for line in lines if line.get("message") == "usage.disputed"]
    assert (told["institution"], told["key"], told["card"]) == (pharmacy.id, f"{pharmacy.id}#k1", card_id)


def test_saying_it_again_changes_nothing(
    api: Api, pharmacy: Party, clock: HeldClock, phone: Phone, used: str, cloud: Cloud
) -> None:
    first = api.post(f"{USAGES}/{used}/not-me", token=phone.token)
    before = cloud.items()
    clock.turn(minutes=1)
    again = api.post(f"{USAGES}/{used}/not-me", token=phone.token)
    assert (again.status, again.json) == (200, first.json)
    assert cloud.items() == before


def test_its_holder_is_told_once(
    api: Api, phone: Phone, used: str, notices: Callable[[Phone], list[str]]
) -> None:
    for _ in range(2):
        api.post(f"{USAGES}/{used}/not-me", token=phone.token)
    assert notices(phone) == ["card-bound", "card-suspended-not-me", "usage-disputed"]


@pytest.mark.parametrize(("end", "status"), [("suspend", "suspended"), ("unlink", "unlinked")])
def test_a_use_may_be_disputed_when_the_card_is_out_of_use_already(
    api: Api, pharmacy: Party, phone: Phone, card_id: str, used: str, end: str, status: str
) -> None:
    if end == "suspend":
        assert api.post(f"/v1/cards/{card_id}/suspend", {}, token=phone.token).status == 200
    else:
        assert api.call("DELETE", f"/v1/cards/{card_id}", token=phone.token).status == 204
    answer = api.post(f"{USAGES}/{used}/not-me", token=phone.token)
    assert (answer.status, answer.json["cardStatus"]) == (200, status)
    assert [flag.use_id for flag in wiring.institutions().flags(pharmacy.id)] == [used]


def test_each_use_is_disputed_for_itself(
    api: Api, pharmacy: Party, hospital: Party, clock: HeldClock, show: Show, log: Log, phone: Phone
) -> None:
    for party in (pharmacy, hospital):
        scan(api, party, clock, show())
    for entry in log():
        assert api.post(f"{USAGES}/{entry['id']}/not-me", token=phone.token).status == 200
    for party in (pharmacy, hospital):
        assert len(wiring.institutions().flags(party.id)) == 1
