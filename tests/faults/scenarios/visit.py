"""Whoever changes an appointment or comes to it, and the hospital that plans, stops and tells."""

from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib import wiring
from chalicelib.errors import AppError
from chalicelib.payments.model import Order
from chalicelib.types import CHINA
from tests.faults.cloud import Died
from tests.faults.errand import Errand

_TRIES = 8
_PART_FEN = 1000
_PLANNED_AT = "14:00"


# -- before the visit
def find_another_slot(errand: Errand) -> None:
    """Look for a later slot of the same session."""
    errand.known["other_slot"] = _free(errand)[-1]["id"]


def find_slot_of_the_plan(errand: Errand) -> None:
    """Look for a slot of the afternoon that was planned."""
    errand.known["slot"] = _free(errand)[-1]["id"]


def reschedule(errand: Errand) -> None:
    """Take the other slot for the one that was booked."""
    path = f"/v1/appointments/{errand.known['appointment']}/reschedule"
    errand.ask("reschedule", "POST", path, lambda: {"slotId": errand.known["other_slot"]})


def give_part_back(errand: Errand) -> None:
    """Somebody of ours gives a part back, and asks until it is on its way."""
    for _ in range(_TRIES):
        try:
            errand.cloud.live(lambda: _give_part_back(errand.known["order"]))
        except (Died, AppError):
            errand.clock.turn(seconds=3)
            continue
        return
    raise AssertionError("a part is never given back")


def _give_part_back(order_id: str) -> Order:
    order = wiring.payments().find(order_id)
    assert order is not None
    return wiring.payments().refund(order, _PART_FEN, cause="overcharged")


# -- the day itself
def come_near(errand: Errand) -> None:
    """It is an hour before the slot."""
    errand.clock.now = _slot_starts(errand) - timedelta(hours=1)


def stay_away(errand: Errand) -> None:
    """It is twenty minutes after the slot's start."""
    errand.clock.now = _slot_starts(errand) + timedelta(minutes=20)


def check_in(errand: Errand) -> None:
    """Say that one is there."""
    errand.ask("check in", "POST", f"/v1/appointments/{errand.known['appointment']}/check-in")


def be_missed(errand: Errand) -> None:
    """The hospital tells that nobody came."""
    body = {"appointmentId": errand.known["appointment"], "outcome": "no-show"}
    errand.tell(
        "hospital tells of a no-show", errand.outside.hospital, "POST", "/v1/callbacks/appointments", body
    )


# -- the hospital's plans
def stop_the_clinic(errand: Errand) -> None:
    """The hospital stops the session."""
    starts_at = datetime.combine(_day(errand), time(9), CHINA).isoformat()
    body = {"practitionerId": "doc_1", "startsAt": starts_at, "action": "stopped"}
    errand.tell("hospital stops a session", errand.outside.hospital, "POST", "/v1/callbacks/clinics", body)


def plan_an_afternoon(errand: Errand) -> None:
    """The hospital plans a session on the afternoon of the day."""
    _plan(errand, "plan", _day(errand))


def plan_another_day(errand: Errand) -> None:
    """The hospital plans that session for the next day instead: it sees whom that hurts, and does it."""
    _plan(errand, "plan anew", _day(errand) + timedelta(days=1))


def _plan(errand: Errand, name: str, day: date) -> None:
    path, hospital = "/v1/institutions/me/schedules/sch-1", errand.outside.hospital
    plan: dict[str, Any] = {
        "practitionerId": "doc_1",
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "start": _PLANNED_AT,
        "minutes": 15,
        "places": 2,
        "feeFen": 2500,
        "firstDay": day.isoformat(),
        "lastDay": day.isoformat(),
    }
    proposed = errand.tell(f"hospital asks to {name}", hospital, "PUT", path, plan)
    digest = proposed.json["proposal"]
    errand.tell(f"hospital does {name}", hospital, "PUT", path, plan | {"apply": True, "proposal": digest})


def _free(errand: Errand) -> list[dict[str, Any]]:
    query = f"hospitalId={errand.outside.hospital.id}&departmentId=dep_1&date={errand.known['day']}"
    free: list[dict[str, Any]] = errand.ask("find another slot", "GET", f"/v1/slots?{query}").json["items"]
    return free


def _day(errand: Errand) -> date:
    return date.fromisoformat(errand.known["day"])


def _slot_starts(errand: Errand) -> datetime:
    """The third slot of the morning."""
    return datetime.combine(_day(errand), time(9, 30), CHINA)
