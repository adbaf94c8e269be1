"""The administrators' function: from a draft to the rules that citizens meet."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Department, Hospital, Session
from chalicelib.policies.model import Policy
from chalicelib.types import rfc3339
from tests.api import Api
from tests.appointments import DEPARTMENT, Killed, Patient, Till, killed_before_call, notify
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.parties import HOSPITAL
from tests.unit.policies.conftest import Admin


@pytest.fixture
def listed(cloud: Cloud) -> None:
    """The hospital stands in the directory."""
    hospital = Hospital(
        id=HOSPITAL, region="330100", name="杭州市第一人民医院", district="上城区", address="-", grade="三甲"
    )
    wiring.directory().enrol(hospital, [Department(id=DEPARTMENT, name="内科", name_en="Medicine")], [])


@pytest.fixture
def tried(admin: Admin, listed: None) -> int:
    """A version that wants two per day, tried."""
    number: int = admin("propose", rules={"mostPerDay": 2})["version"]
    assert admin("dry-run", version=number)["status"] == "proposed"
    return number


def test_a_version_goes_from_draft_to_the_rules_in_force(admin: Admin, clock: HeldClock, tried: int) -> None:
    assert wiring.policies().of(HOSPITAL) == Policy()
    answer = admin("activate", version=tried, replaces=0)
    assert (answer["status"], answer["activation"]["replaces"]) == ("active", 0)
    clock.turn(seconds=60)
    assert wiring.policies().of(HOSPITAL) == Policy(version=1, most_per_day=2)


def test_every_step_is_kept_with_who_when_and_why(admin: Admin, clock: HeldClock, tried: int) -> None:
    admin("activate", version=tried, replaces=0, by="op-18")
    (version,) = admin("show")["versions"]
    acts = [version["drafted"], version["trial"]["act"], version["activation"]["act"]]
    assert [each["by"] for each in acts] == ["op-17", "op-17", "op-18"]
    assert {each["at"] for each in acts} == {rfc3339(clock())}
    assert all(each["reason"] for each in acts)


def test_without_a_dry_run_nothing_is_activated(admin: Admin, listed: None) -> None:
    number = admin("propose", rules={"mostPerDay": 2})["version"]
    refused = admin("activate", version=number, replaces=0)
    assert (refused["status"], refused["code"]) == (409, "policy-not-tried")
    assert admin("show")["standing"]["policy"]["version"] == 0


def test_a_dry_run_of_one_version_is_none_of_another(admin: Admin, tried: int) -> None:
    other = admin("propose", rules={"mostPerDay": 1})["version"]
    assert other != tried
    assert admin("activate", version=other, replaces=0)["code"] == "policy-not-tried"


def test_a_dry_run_against_what_no_longer_stands_does_not_count(admin: Admin, tried: int) -> None:
    other = admin("propose", rules={"mostPerDay": 1})["version"]
    admin("dry-run", version=other)
    admin("activate", version=tried, replaces=0)
    assert admin("activate", version=other, replaces=0)["code"] == "policy-replaced"
    assert admin("activate", version=other, replaces=tried)["code"] == "policy-not-tried"
    admin("dry-run", version=other)
    assert admin("activate", version=other, replaces=tried)["status"] == "active"
    assert [each["status"] for each in admin("show")["versions"]] == ["active", "retired"]


def test_activating_twice_is_activating_once(admin: Admin, clock: HeldClock, tried: int) -> None:
    first = admin("activate", version=tried, replaces=0)
    clock.turn(seconds=5)
    assert admin("activate", version=tried, replaces=0) == first


def test_a_retired_version_never_comes_back(admin: Admin, tried: int) -> None:
    admin("activate", version=tried, replaces=0)
    other = admin("propose", rules={"mostPerDay": 1})["version"]
    admin("dry-run", version=other)
    admin("activate", version=other, replaces=tried)
    assert admin("activate", version=tried, replaces=other)["code"] == "policy-not-open"
    assert admin("dry-run", version=tried)["code"] == "policy-not-open"


def test_proposing_twice_is_proposing_once(admin: Admin, clock: HeldClock, listed: None) -> None:
    first = admin("propose", rules={"mostPerDay": 2})
    clock.turn(seconds=5)
    assert admin("propose", rules={"mostPerDay": 2}) == first
    assert admin("propose", rules={"mostPerDay": 4})["version"] == 2


def test_a_planned_change_acts_on_the_dot_and_what_was_held_before_keeps_its_rules(
    admin: Admin, clock: HeldClock, tried: int
) -> None:
    held_at = clock()
    begins = clock() + timedelta(minutes=5)
    admin("activate", version=tried, replaces=0, fromAt=rfc3339(begins))
    policies = wiring.policies()
    assert policies.of(HOSPITAL).version == 0
    clock.turn(minutes=5)
    assert policies.of(HOSPITAL).version == tried
    assert policies.at(HOSPITAL, held_at).version == 0
    assert policies.at(HOSPITAL, begins).version == tried


def test_the_rules_of_any_moment_can_be_told_after_many_changes(
    admin: Admin, clock: HeldClock, listed: None
) -> None:
    moments: list[datetime] = [clock()]
    for number in range(1, 5):
        clock.turn(hours=1)
        admin("propose", rules={"mostPerDay": 10 + number})
        admin("dry-run", version=number)
        assert admin("activate", version=number, replaces=number - 1)["status"] == "active"
        moments.append(clock())
    told = [wiring.policies().at(HOSPITAL, each + timedelta(minutes=1)).version for each in moments]
    assert told == [0, 1, 2, 3, 4]


def test_wherever_an_activation_ends_it_is_whole_or_absent(
    admin: Admin, clock: HeldClock, tried: int
) -> None:
    kills = 0
    while True:
        try:
            with killed_before_call(kills, []):
                admin("activate", version=tried, replaces=0)
            break
        except Killed:
            kills += 1
        shown = admin("show")
        stands = shown["standing"]["policy"]["version"] == tried
        assert (shown["versions"][0]["status"] == "active") == stands
    assert kills >= 3
    assert admin("show")["standing"]["policy"]["version"] == tried


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"action": "delete"}, "/action"),
        ({"hospitalId": "a/b"}, "/hospitalId"),
        ({"rules": {"mostPerDay": 0}}, "/rules/mostPerDay"),
        ({"rules": {"holdMinutes": 5}}, "/rules/holdMinutes"),
        ({"rules": {"version": 5}}, "/rules/version"),
        ({"rules": {"lateMinutes": 300}}, "/rules/noshowMinutes"),
        ({"rules": {"mostPerDay": 3}}, "/rules"),
        ({"rules": {}}, "/rules"),
        ({"by": "沈敏"}, "/by"),
        ({"reason": "ask 13800138000"}, "/reason"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_wrong_request_is_answered_with_the_place_that_is_wrong(
    cloud: Cloud, clock: HeldClock, asked: dict[str, Any], pointer: str
) -> None:
    event = {
        "action": "propose",
        "hospitalId": HOSPITAL,
        "rules": {"mostPerDay": 2},
        "by": "op-17",
        "reason": "the council decided",
    }
    told = cloud.invoke("admin_policies", event | asked)
    assert (told["status"], told["code"]) == (422, "payload-invalid")
    assert [each["pointer"] for each in told["errors"]] == [pointer]


def test_what_is_over_cannot_be_given_other_rules(admin: Admin, clock: HeldClock, tried: int) -> None:
    told = admin("activate", version=tried, replaces=0, fromAt=rfc3339(clock() - timedelta(seconds=1)))
    assert (told["status"], told["errors"][0]["pointer"]) == (422, "/fromAt")


def test_unknown_versions_and_hospitals_are_told(admin: Admin, clock: HeldClock) -> None:
    assert admin("activate", version=7, replaces=0)["code"] == "policy-not-found"
    number = admin("propose", rules={"mostPerDay": 2})["version"]
    assert admin("dry-run", version=number)["code"] == "hospital-not-found"


def test_a_dry_run_reads_what_happened_at_the_hospital(
    admin: Admin,
    api: Api,
    till: Till,
    clock: HeldClock,
    listed: None,
    session: Session,
    patient: Patient,
    cloud: Cloud,
) -> None:
    held = patient.hold(session, 3)
    notify(api, till.pay(patient.pay(held.id)))
    cloud.settle()
    clock.turn(minutes=5)
    patient.cancel(held.id)
    cloud.settle()
    clock.turn(days=2)
    admin("propose", rules={"cancelMinutes": 7 * 24 * 60, "horizonDays": 1, "releaseMinute": 1439})
    trial = admin("dry-run", version=1, days=3)["trial"]
    assert (trial["appointments"], trial["complete"], trial["undatedCancellations"]) == (1, True, 0)
    assert trial["standing"]["cancellationsRefused"] == 0
    assert trial["difference"]["cancellationsRefused"] == 1
    assert patient.card.person_id not in json.dumps(admin("show"))


def test_a_dry_run_says_when_it_read_less_than_there_is(
    admin: Admin,
    clock: HeldClock,
    listed: None,
    session: Session,
    patient: Patient,
    other: Patient,
    cloud: Cloud,
) -> None:
    patient.hold(session, 3)
    other.hold(session, 4)
    cloud.settle()
    clock.turn(days=2)
    admin("propose", rules={"mostPerDay": 2})
    versions = replace(wiring.policy_versions(), most=1)
    trial = versions.dry_run(HOSPITAL, 1, 3, "op-17", "the council decided").trial
    assert trial is not None
    assert (trial.appointments, trial.complete) == (1, False)
