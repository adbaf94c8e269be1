"""Who read my data: every read once, as Estonia's Data Tracker tells it; the reading of the log itself; no values."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.types import rfc3339
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import Party
from tests.families import Relative, by_own_face
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place
from tests.parties import scan
from tests.unit.usage.conftest import Find

CONTRACT = {"logtime", "action", "receiverCode", "receiverName", "receiverSystem"}
SHOP = "药店购药"


@pytest.fixture
def used(api: Api, phone: Phone, pharmacy: Party, clock: HeldClock) -> Callable[[], None]:
    """Lets the phone's card be read at the pharmacy once more; binds it at first."""
    card_id = phone.card()["id"]

    def use() -> None:
        clock.turn(seconds=1)
        code = api.post(f"/v1/cards/{card_id}/codes", token=phone.token).json["code"]
        assert scan(api, pharmacy, clock, code, "02121").status == 200

    return use


def kinds(answer: Any) -> list[str]:
    return [each["kind"] for each in answer.json["usages"]]


def test_every_read_is_there_once_newest_first_with_the_reading_itself(
    find: Find, used: Callable[[], None], pharmacy: Party, clock: HeldClock
) -> None:
    used()
    clock.turn(seconds=1)
    answer = find()
    assert answer.status == 200
    look, decode, fact = answer.json["usages"]
    assert answer.json["totalUsages"] == 3
    assert all(each.keys() >= CONTRACT for each in (look, decode, fact))
    assert look | {"id": "", "caseId": "", "proof": ""} == {
        "logtime": rfc3339(clock()),
        "action": "查看使用记录",
        "receiverCode": "self",
        "receiverName": "张*",
        "receiverSystem": "zerotrip",
        "id": "",
        "kind": "usage-log",
        "actionEn": "This log was read",
        "sourceCode": "usage-log",
        "purposeCode": "right-to-know",
        "caseId": "",
        "proof": "",
    }
    assert decode | {"id": "", "caseId": "", "proof": ""} == {
        "logtime": rfc3339(clock() - timedelta(seconds=1)),
        "action": f"出示社保卡：{SHOP}",
        "receiverCode": pharmacy.id,
        "receiverName": "机构",
        "receiverSystem": "dev-1",
        "id": "",
        "kind": "card",
        "actionEn": "Card shown: Purchase at a pharmacy",
        "sourceCode": "card/qr",
        "purposeCode": "02121",
        "caseId": "",
        "proof": "",
    }
    assert (fact["kind"], fact["sourceCode"], fact["purposeCode"]) == (
        "fact",
        "social-security/insured-person",
        "bind-card",
    )
    assert (fact["action"], fact["receiverName"]) == ("查询：社会保险参保信息", "杭州市零跑腿政务服务")
    assert fact["proof"].startswith("req_")
    assert fact["caseId"].startswith("face_")


def test_no_value_is_kept_or_told(find: Find, used: Callable[[], None], phone: Phone, town: Place) -> None:
    used()
    find()
    told = find().body.decode()
    kept = json.dumps([each for each in town.cloud.items() if "usage_of" in each], ensure_ascii=False)
    assert len([each for each in town.cloud.items() if "usage_of" in each]) == 3
    assert [text for text in (phone.number, phone.name) if text in told or text in kept] == []


def test_looking_again_within_ten_minutes_is_the_same_look_and_later_another(
    find: Find, phone: Phone, clock: HeldClock
) -> None:
    phone.card()
    clock.turn(seconds=600 - clock().timestamp() % 600)
    assert kinds(find()) == ["usage-log", "fact"]
    clock.turn(minutes=9)
    assert kinds(find(offset=1)) == ["fact"]
    assert find().json["totalUsages"] == 2
    clock.turn(minutes=1)
    assert kinds(find()) == ["usage-log", "usage-log", "fact"]


def test_a_page_by_offset_and_the_whole_periods_total(
    find: Find, used: Callable[[], None], clock: HeldClock
) -> None:
    for _ in range(5):
        used()
    whole = find().json["usages"]
    assert len(whole) == 7
    pages = [find(offset=at, limit=3).json for at in (0, 3, 6, 9)]
    assert [each["totalUsages"] for each in pages] == [7] * 4
    assert [each for page in pages for each in page["usages"]] == whole
    assert [len(page["usages"]) for page in pages] == [3, 3, 1, 0]


def test_a_period_has_both_its_ends_and_nothing_else(
    find: Find, used: Callable[[], None], clock: HeldClock
) -> None:
    for _ in range(3):
        used()
    last = clock()
    clock.turn(seconds=5)
    middle = rfc3339(last - timedelta(seconds=1))
    answer = find(periodStart=middle, periodEnd=rfc3339(last)).json
    assert ([each["logtime"] for each in answer["usages"]], answer["totalUsages"]) == (
        [rfc3339(last), middle],
        2,
    )
    assert find(periodStart=middle, periodEnd=middle).json["totalUsages"] == 1
    assert find(periodStart=rfc3339(last), periodEnd=middle).json == {"totalUsages": 0, "usages": []}


def test_entries_older_than_three_years_are_not_told_even_before_they_are_gone(
    find: Find, used: Callable[[], None], phone: Phone, api: Api, clock: HeldClock, town: Place
) -> None:
    used()
    clock.turn(days=3 * 365, seconds=5)
    phone.log_in()
    assert kinds(find(periodStart="2001-01-01T00:00:00Z")) == ["usage-log"]
    ends = {int(each["expires_at"]["N"]) for each in town.cloud.items() if "usage_of" in each}
    assert len(ends) == 3
    assert min(ends) < clock().timestamp()
    start = api.get("/v2/usagePeriod").json["periodStart"]
    assert start == rfc3339(clock() - timedelta(days=3 * 365))


@pytest.mark.parametrize(
    "query",
    [
        {"userCode": "EE12345678901"},
        {"userCode": "ctz_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"},
        {"userCode": "330100199001010018"},
        {"offset": "-1"},
        {"offset": "10001"},
        {"offset": "x"},
        {"limit": "0"},
        {"limit": "1001"},
        {"periodStart": "2021-01-31"},
        {"periodStart": "2021-01-31T10:20:30"},
        {"periodEnd": "9999-12-31T23:59:59Z"},
        {"periodStart": "0001-01-01T00:00:00%2B14:00"},
        {"more": "1"},
    ],
)
def test_what_the_contract_does_not_allow_is_a_bad_request(
    find: Find, phone: Phone, query: dict[str, str]
) -> None:
    phone.log_in()
    answer = find(**query)
    assert (answer.status, answer.code) == (400, "usage-query-invalid")
    assert not any(value in answer.body.decode() for value in query.values() if len(value) > 4)


def test_my_own_code_serves_and_anothers_header_does_not(find: Find, phone: Phone, api: Api) -> None:
    phone.card()
    me = api.get("/v1/citizens/me", token=phone.token).json["id"]
    assert find(userCode=me, headers={"X-Road-UserId": me}).json["totalUsages"] == 2
    assert find(headers={"X-Road-UserId": "EE12345678901"}).status == 400
    assert find(by=Phone(api, phone.payment_app, token="x")).status == 401


def test_whoever_nobody_knows_has_an_empty_log(find: Find, phone: Phone) -> None:
    phone.log_in()
    assert find().json == {"totalUsages": 0, "usages": []}


def test_a_family_members_log_by_mandate_and_they_see_who_read_it(
    find: Find, phone: Phone, elder: Relative, api: Api, clock: HeldClock
) -> None:
    phone.card()
    mandate = by_own_face(phone, elder, actions=["usage-log"]).json["id"]
    clock.turn(seconds=1)
    read = find(userCode=mandate).json
    look, fact = read["usages"]
    assert (fact["sourceCode"], fact["purposeCode"]) == ("civil-registry/household", "mandate")
    assert (look["receiverCode"], look["receiverName"]) == (mandate, "张*")
    own = Phone(api, phone.payment_app, name=elder.name, number=elder.number)
    own.card()
    clock.turn(seconds=1)
    theirs = find(by=own).json["usages"]
    assert [each["receiverCode"] for each in theirs if each["kind"] == "usage-log"] == ["self", mandate]
    assert find().json["totalUsages"] == 2


@pytest.mark.parametrize(
    ("action", "code"),
    [("cards", "action-not-mandated"), ("usage-log", "mandate-ended")],
)
def test_a_mandate_that_does_not_cover_it_opens_nothing(
    find: Find, phone: Phone, elder: Relative, api: Api, action: str, code: str
) -> None:
    phone.card()
    mandate = by_own_face(phone, elder, actions=[action]).json["id"]
    if code == "mandate-ended":
        api.call("DELETE", f"/v1/mandates/{mandate}", token=phone.token)
    assert find(userCode=mandate).code == code
    stranger = Phone(api, phone.payment_app)
    stranger.log_in()
    assert find(by=stranger, userCode=mandate).code == "mandate-not-found"


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("number", range(3))
def test_a_process_killed_anywhere_tells_nothing_unentered_and_enters_a_look_once(
    find: Find, phone: Phone, town: Place, clock: HeldClock, number: int, moment: Moment
) -> None:
    phone.card()
    clock.turn(seconds=1)
    try:
        town.cloud.live(find, Strike(number, moment, town.cloud.calls.die))
    except Died:
        looks = [each for each in town.cloud.items() if each["sk"]["S"].startswith("READ#")]
        asked_for = [each for each in town.cloud.calls.last.made if each == "dynamodb.query"]
        assert len(looks) == 1 or not asked_for
    assert kinds(find()) == ["usage-log", "fact"]


def test_the_heartbeat_tells_whether_the_log_answers(api: Api, town: Place) -> None:
    assert api.get("/v2/heartbeat").json == {"status": "OK", "message": "The usage log is ready"}
    del town.cloud.clients["dynamodb"]
    town.cloud.clients["dynamodb"] = _Down()
    answer = api.get("/v2/heartbeat")
    assert (answer.status, answer.json["status"]) == (200, "FAIL")


class _Down:
    def query(self, **_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://outside.invalid")
