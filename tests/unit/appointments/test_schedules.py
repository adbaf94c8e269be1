"""A hospital plans its sessions: told whom it hurts before, done exactly so after."""

import json
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Department, Hospital, Practitioner
from chalicelib.appointments.store.schedules import ScheduleStore
from chalicelib.types import CHINA
from tests.api import Api, ApiAnswer
from tests.appointments import DEPARTMENT, Killed, Patient, killed_before_call
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import HOSPITAL, a_party

PATH = "/v1/institutions/me/schedules/internal-mondays"
ANOTHER = "/v1/institutions/me/schedules/internal-tuesdays"
DOCTOR = "prc_01JADOCT0R0000000000000AA1"
MOST_CALLS = 40


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    own = Hospital(
        id=HOSPITAL,
        region="330100",
        name="杭州市第一人民医院",
        district="上城区",
        address="-",
        grade="三级甲等",
    )
    doctor = Practitioner(id=DOCTOR, name="沈敏", title="主任医师", department_id=DEPARTMENT)
    wiring.directory().enrol(own, [Department(id=DEPARTMENT, name="内科", name_en="Medicine")], [doctor])
    return a_party(HOSPITAL)


def tomorrow(clock: HeldClock) -> date:
    return clock().astimezone(CHINA).date() + timedelta(days=1)


def a_plan(clock: HeldClock, days: int = 3, **changed: Any) -> dict[str, Any]:
    first = tomorrow(clock)
    last = first + timedelta(days=days - 1)
    return {
        "practitionerId": DOCTOR,
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "start": "08:00",
        "minutes": 15,
        "places": 10,
        "feeFen": 50_00,
        "firstDay": first.isoformat(),
        "lastDay": last.isoformat(),
    } | changed


def put(api: Api, party: Party, clock: HeldClock, body: dict[str, Any], path: str = PATH) -> ApiAnswer:
    clock.turn(milliseconds=1)
    raw = json.dumps(body).encode()
    return api.call("PUT", path, raw, headers=party.headers("PUT", path, raw, now=clock().timestamp()))


def applied(
    api: Api, party: Party, clock: HeldClock, cloud: Cloud, plan: dict[str, Any], path: str = PATH
) -> ApiAnswer:
    proposed = put(api, party, clock, plan, path)
    assert proposed.status == 200, proposed.body
    done = put(api, party, clock, plan | {"apply": True, "proposal": proposed.json["proposal"]}, path)
    assert done.status == 200, done.body
    cloud.settle()
    return done


def free_on(day: date) -> list[str]:
    free, _ = wiring.directory().list_free(HOSPITAL, DEPARTMENT, day, 100, None)
    return [shown.session.place(shown.clinic, index).id for shown, index in free]


def test_a_proposal_changes_nothing_and_what_is_applied_can_be_booked(
    hospital: Party, patient: Patient, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    plan, day = a_plan(clock), tomorrow(clock)
    proposed = put(api, hospital, clock, plan).json
    assert (len(proposed["added"]), proposed["withdrawn"], proposed["hurt"]) == (3, [], 0)
    cloud.settle()
    assert free_on(day) == []
    assert applied(api, hospital, clock, cloud, plan).json["applied"]
    assert len(free_on(day)) == 10
    assert wiring.booking().hold(patient.citizen, free_on(day)[0], patient.card.id)


def test_withdrawing_names_the_hurt_first_and_then_ends_their_appointments(
    hospital: Party, patient: Patient, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    day = tomorrow(clock)
    applied(api, hospital, clock, cloud, a_plan(clock))
    less = a_plan(clock) | {"firstDay": (day + timedelta(days=1)).isoformat()}
    unhurt = put(api, hospital, clock, less).json
    held = wiring.booking().hold(patient.citizen, free_on(day)[0], patient.card.id)
    cloud.settle()
    stale = put(api, hospital, clock, less | {"apply": True, "proposal": unhurt["proposal"]})
    assert (stale.status, stale.code) == (409, "proposal-stale")
    done = applied(api, hospital, clock, cloud, less).json
    assert (len(done["withdrawn"]), done["hurt"]) == (1, 1)
    assert patient.sees(held.id).reason == "clinic_stopped"
    assert (free_on(day), len(free_on(day + timedelta(days=1)))) == ([], 10)
    applied(api, hospital, clock, cloud, a_plan(clock))
    assert len(free_on(day)) == 10


def test_a_session_comes_when_its_day_is_released(
    hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    horizon = wiring.policies().of(HOSPITAL).horizon_days
    far = tomorrow(clock) + timedelta(days=horizon)
    applied(api, hospital, clock, cloud, a_plan(clock, days=horizon + 1))
    assert free_on(far) == []
    assert len(free_on(far - timedelta(days=1))) == 10
    clock.turn(days=1)
    cloud.sweep()
    cloud.settle()
    assert len(free_on(far)) == 10


def test_applying_again_under_the_same_proposal_is_applying_once(
    hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    plan = a_plan(clock)
    done = applied(api, hospital, clock, cloud, plan).json
    again = put(api, hospital, clock, plan | {"apply": True, "proposal": done["proposal"]})
    assert (again.status, again.json["proposal"]) == (200, done["proposal"])


def test_nobody_plans_for_a_practitioner_who_is_not_listed(
    hospital: Party, api: Api, clock: HeldClock
) -> None:
    answer = put(api, hospital, clock, a_plan(clock, practitionerId="prc_other"))
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/practitionerId")


# -- several schedules of one practitioner
def test_two_schedules_have_no_session_in_common(
    hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    applied(api, hospital, clock, cloud, a_plan(clock))
    same = put(api, hospital, clock, a_plan(clock, days=5, minutes=10), ANOTHER)
    assert (same.status, same.json["errors"][0]["pointer"]) == (422, "/start")
    assert "internal-mondays" in same.json["errors"][0]["detail"]
    applied(api, hospital, clock, cloud, a_plan(clock, start="13:30"), ANOTHER)
    assert len(free_on(tomorrow(clock))) == 20


def test_of_two_schedules_applied_at_once_one_must_propose_again(
    hospital: Party, api: Api, cloud: Cloud, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = a_plan(clock)
    proposals = {path: put(api, hospital, clock, plan, path).json["proposal"] for path in (PATH, ANOTHER)}
    real = ScheduleStore.apply
    done: list[ApiAnswer] = []

    def first_only(self: ScheduleStore, *told: Any) -> None:
        monkeypatch.setattr(ScheduleStore, "apply", real)
        done.append(put(api, hospital, clock, plan | {"apply": True, "proposal": proposals[PATH]}))
        real(self, *told)

    monkeypatch.setattr(ScheduleStore, "apply", first_only)
    late = put(api, hospital, clock, plan | {"apply": True, "proposal": proposals[ANOTHER]}, ANOTHER)
    assert (done[0].status, late.status, late.code) == (200, 409, "proposal-stale")
    assert put(api, hospital, clock, plan, ANOTHER).status == 422


def test_a_session_goes_over_to_another_schedule_and_stays_there(
    hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    day, whole = tomorrow(clock), a_plan(clock)
    applied(api, hospital, clock, cloud, whole)
    later = a_plan(clock) | {"firstDay": (day + timedelta(days=1)).isoformat()}
    applied(api, hospital, clock, cloud, later)
    assert free_on(day) == []
    applied(api, hospital, clock, cloud, a_plan(clock, days=1), ANOTHER)
    assert len(free_on(day)) == 10
    latest = a_plan(clock) | {"firstDay": (day + timedelta(days=2)).isoformat()}
    withdrawn = applied(api, hospital, clock, cloud, latest).json["withdrawn"]
    assert len(withdrawn) == 1
    assert (len(free_on(day)), free_on(day + timedelta(days=1))) == (10, [])


# -- crashes
def test_applying_that_dies_anywhere_is_wholly_done_by_asking_again(
    hospital: Party, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    day = tomorrow(clock)
    plans = [a_plan(clock), a_plan(clock) | {"firstDay": (day + timedelta(days=1)).isoformat()}]
    for number in range(MOST_CALLS):
        plan = plans[number % 2]
        proposal = put(api, hospital, clock, plan).json["proposal"]
        calls: list[str] = []
        with suppress(Killed), killed_before_call(number, calls):
            put(api, hospital, clock, plan | {"apply": True, "proposal": proposal})
        done = put(api, hospital, clock, plan | {"apply": True, "proposal": proposal})
        assert done.json["applied"], done.body
        cloud.settle()
        assert [len(free_on(day)), len(free_on(day + timedelta(days=1)))] == [10 * (plan is plans[0]), 10]
        if len(calls) < number:
            return
    pytest.fail("applying takes more calls than were tried")


def test_what_follows_and_dies_anywhere_is_made_up_for_by_the_sweep(
    hospital: Party, patient: Patient, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    day = tomorrow(clock)
    applied(api, hospital, clock, cloud, a_plan(clock))
    held = wiring.booking().hold(patient.citizen, free_on(day)[0], patient.card.id)
    cloud.settle()
    less = a_plan(clock, days=4) | {"firstDay": (day + timedelta(days=1)).isoformat()}
    proposal = put(api, hospital, clock, less).json["proposal"]
    put(api, hospital, clock, less | {"apply": True, "proposal": proposal})
    told = {"hospital": HOSPITAL, "schedule": "internal-mondays"}
    for number in range(MOST_CALLS):
        try:
            with killed_before_call(number, []):
                wiring.schedules().work(told)
        except Killed:
            continue
        break
    else:
        pytest.fail("what follows takes more calls than were tried")
    clock.turn(minutes=1)
    cloud.sweep()
    cloud.settle()
    assert patient.sees(held.id).reason == "clinic_stopped"
    assert [len(free_on(day + timedelta(days=each))) for each in range(4)] == [0, 10, 10, 10]
