"""A hospital that does not answer: it is told again and again, a human is told once, and nobody loses a slot."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.cases.errors import CaseUnknown
from chalicelib.institutions.model import Kind, Registration
from tests.api import Api
from tests.appointments import Patient, Till, a_booking, a_session, published, the_rules
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Received, Sent, World
from tests.parties import HOSPITAL


@dataclass
class Office:
    """A hospital's computer, which may be down."""

    up: bool = True
    told: list[str] = field(default_factory=list)

    def hear(self, request: Received) -> Sent:
        if not self.up:
            return Sent(503)
        self.told.append(request.json["subject"])
        return Sent(204)


@pytest.fixture
def office(cloud: Cloud, world: World) -> Office:
    office = Office()
    endpoint = world.on("/events", office.hear)
    wiring.institutions().register(
        Registration(id=HOSPITAL, kind=Kind.HOSPITAL, name="医院", endpoint=endpoint, keys={})
    )
    return office


@pytest.fixture
def in_days(clock: HeldClock, cloud: Cloud) -> Session:
    """A session that is days ahead."""
    session = a_session(clock)
    return published(session.model_copy(update={"starts_at": session.starts_at + timedelta(days=3)}))


def live(hours: int, clock: HeldClock, cloud: Cloud) -> None:
    """Let hours pass, with a sweep at the end of each."""
    for _ in range(hours):
        clock.turn(hours=1)
        cloud.sweep()


def test_a_hospital_that_was_down_for_a_day_hears_of_the_booking_and_its_answer_ends_the_case(
    office: Office, in_days: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    the_rules(answer_minutes=60)
    office.up = False
    booked = a_booking(in_days, patient, till, api, cloud)
    cloud.sweep()
    with pytest.raises(CaseUnknown):
        wiring.cases().find(booked.about)
    live(24, clock, cloud)
    case = wiring.cases().find(booked.about)
    assert (case.kind, case.status, office.told) == ("booking-unanswered", "open", [])
    office.up = True
    live(4, clock, cloud)
    assert office.told == [booked.about]
    wiring.desk().acknowledge(HOSPITAL, booked.about, "accepted", 7)
    assert wiring.cases().find(booked.about).status == "closed"
    live(24, clock, cloud)
    seen = patient.sees(booked.about)
    assert (seen.status, seen.queue_number, office.told) == ("booked", 7, [booked.about])


def test_a_hospital_that_hears_and_says_nothing_is_reminded_now_and_then_not_every_minute(
    office: Office, in_days: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    the_rules(answer_minutes=60)
    booked = a_booking(in_days, patient, till, api, cloud)
    assert office.told == [booked.about]
    live(24, clock, cloud)
    assert 1 < len(office.told) <= 1 + 24 // 4
