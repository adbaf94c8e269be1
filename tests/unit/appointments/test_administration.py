"""The administrators' function of registration: the appeals that wait, what one says, how it ends and who said so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.policies.model import Policy
from chalicelib.types import rfc3339
from tests.appointments import Killed, Patient, killed_before_call
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.unit.appointments.test_sanctions import barred, kinds, missed, own, person

WORDS = "I was in hospital on that day"
UNKNOWN = "snc_00000000000000000000000000"
Admin = Callable[..., dict[str, Any]]


@pytest.fixture
def admin(cloud: Cloud) -> Admin:
    """Calls the function by its name, as an administrator does."""

    def call(action: str, **asked: Any) -> dict[str, Any]:
        said = (
            {"by": "op-17", "reason": "a certificate of the hospital was shown"} if action == "decide" else {}
        )
        answer: dict[str, Any] = cloud.invoke("admin_registration", {"action": action, **said, **asked})
        return answer

    return call


@pytest.fixture
def sanctioned(patient: Patient, cloud: Cloud, clock: HeldClock) -> Patient:
    for doctor in "ABC":
        missed(patient, cloud, clock, doctor)
    cloud.sweep()
    return patient


@pytest.fixture
def appealed(sanctioned: Patient) -> str:
    """The id of a sanction whose appeal waits."""
    (pending,) = own(sanctioned)
    for words in (WORDS, "other words"):
        assert wiring.sanctions().appeal(person(sanctioned), pending.id, words).status == "appealed"
    return pending.id


def test_an_appeal_waits_for_a_human_as_long_as_it_takes(
    appealed: str, sanctioned: Patient, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    appealed_at = clock()
    clock.turn(days=Policy().appeal_days + 1)
    cloud.sweep()
    listed = admin("appeals")
    assert (len(listed["items"]), listed["more"]) == (1, False)
    (item,) = listed["items"]
    assert (item["id"], item["status"], item["appealedAt"]) == (appealed, "appealed", rfc3339(appealed_at))
    assert len(item["missed"]) == Policy().most_noshows
    assert "appeal" not in item
    shown = admin("show", sanctionId=appealed)
    assert shown == item | {"appeal": WORDS}
    assert WORDS not in str(cloud.items())
    assert sanctioned.card.person_id not in str(shown)


def test_a_granted_appeal_lifts_the_sanction_and_keeps_who_said_so(
    appealed: str, sanctioned: Patient, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    clock.turn(hours=1)
    first = admin("decide", sanctionId=appealed, outcome="granted")
    assert first["status"] == "lifted"
    assert first["decided"] == {
        "outcome": "granted",
        "by": "op-17",
        "at": rfc3339(clock()),
        "reason": "a certificate of the hospital was shown",
    }
    clock.turn(minutes=5)
    assert admin("decide", sanctionId=appealed, outcome="granted", by="op-18") == first
    cloud.sweep()
    assert (own(sanctioned)[0].status, barred(sanctioned)) == ("lifted", None)
    assert kinds(sanctioned) == ["sanction-lifted", "sanction-recorded"]
    assert admin("appeals")["items"] == []
    assert admin("show", sanctionId=appealed)["appeal"] is None


def test_a_denied_appeal_lets_the_sanction_act_from_now(
    appealed: str, sanctioned: Patient, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    clock.turn(hours=1)
    until = clock() + timedelta(days=Policy().sanction_days)
    answer = admin("decide", sanctionId=appealed, outcome="denied")
    assert (answer["status"], answer["barredUntil"]) == ("active", rfc3339(until))
    assert barred(sanctioned) == int(until.timestamp())
    clock.turn(hours=1)
    assert admin("decide", sanctionId=appealed, outcome="denied") == answer
    cloud.settle()
    assert kinds(sanctioned) == ["sanction-active", "sanction-recorded"]


def test_what_is_decided_stays_decided(appealed: str, admin: Admin) -> None:
    admin("decide", sanctionId=appealed, outcome="granted")
    refused = admin("decide", sanctionId=appealed, outcome="denied")
    assert (refused["status"], refused["code"]) == (409, "sanction-not-open")
    assert "lifted" in refused["detail"]
    assert "lifted" in refused["detailZh"]


def test_a_sanction_nobody_appealed_against_is_not_decided(
    sanctioned: Patient, admin: Admin, cloud: Cloud, clock: HeldClock
) -> None:
    (pending,) = own(sanctioned)
    assert admin("decide", sanctionId=pending.id, outcome="denied")["code"] == "sanction-not-open"
    clock.turn(days=Policy().appeal_days)
    cloud.sweep()
    for outcome in ("granted", "denied"):
        assert admin("decide", sanctionId=pending.id, outcome=outcome)["code"] == "sanction-not-open"
    assert own(sanctioned)[0].status == "active"


def test_a_denial_that_dies_anywhere_is_made_up_for(
    appealed: str, sanctioned: Patient, admin: Admin, cloud: Cloud
) -> None:
    for number in range(20):
        try:
            with killed_before_call(number, []):
                admin("decide", sanctionId=appealed, outcome="denied")
        except Killed:
            cloud.sweep()
            assert own(sanctioned)[0].status in {"appealed", "active"}
            continue
        break
    cloud.sweep()
    assert own(sanctioned)[0].status == "active"
    assert barred(sanctioned) is not None
    assert kinds(sanctioned).count("sanction-active") == 1


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, ["/action"]),
        ({"action": "pardon"}, ["/action"]),
        ({"action": "appeals", "limit": 101}, ["/limit"]),
        ({"action": "appeals", "limit": -1}, ["/limit"]),
        ({"action": "show"}, ["/sanctionId"]),
        ({"action": "show", "sanctionId": "PERSON#1"}, ["/sanctionId"]),
        ({"action": "decide", "sanctionId": UNKNOWN}, ["/outcome", "/by", "/reason"]),
        (
            {"action": "decide", "sanctionId": UNKNOWN, "outcome": "perhaps", "by": "张三", "reason": "no"},
            ["/outcome", "/by", "/reason"],
        ),
        (
            {
                "action": "decide",
                "sanctionId": UNKNOWN,
                "outcome": "granted",
                "by": "op-17",
                "reason": "telephone 13800000000",
            },
            ["/reason"],
        ),
        ({"action": "show", "sanctionId": UNKNOWN, "all": True}, ["/all"]),
    ],
)
def test_what_is_wrong_with_a_request_is_named_in_both_languages(
    cloud: Cloud, asked: dict[str, Any], places: list[str]
) -> None:
    told = cloud.invoke("admin_registration", asked)
    assert (told["status"], told["code"]) == (422, "payload-invalid")
    assert [each["pointer"] for each in told["errors"]] == places
    assert all(told[name] for name in ("title", "titleZh", "detail", "detailZh"))


def test_an_unknown_sanction_is_said_so(admin: Admin) -> None:
    for answer in (
        admin("show", sanctionId=UNKNOWN),
        admin("decide", sanctionId=UNKNOWN, outcome="granted"),
    ):
        assert (answer["status"], answer["code"]) == (404, "sanction-not-found")
        assert answer["detailZh"] == "没有该编号的爽约处理记录。"
