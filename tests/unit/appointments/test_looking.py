"""An appointment as its citizen and its hospital look at it: the money, the deadlines, who else comes."""

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import ClinicUnknown
from chalicelib.appointments.model.directory import Session
from chalicelib.errors import Invalid
from chalicelib.platform.signatures import canonical_query
from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.appointments import Patient, Till, a_booking, a_session, notify, place_of, published, the_rules
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import HOSPITAL, a_party

ROSTER = "/v1/institutions/me/appointments"
OTHER_HOSPITAL = "hos_01JAHASPTA00000000000000XY"


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    return a_party(HOSPITAL)


def on_the_roster(api: Api, party: Party, clock: HeldClock, session: Session, limit: int = 50) -> ApiAnswer:
    starts = rfc3339(session.starts_at)
    asked = {"practitionerId": session.practitioner_id, "startsAt": starts, "limit": str(limit)}
    query = canonical_query(asked)
    headers = party.headers("GET", ROSTER, query=query, now=clock().timestamp())
    return api.get(f"{ROSTER}?{query}", headers=headers)


def test_the_money_is_seen_from_the_first_question_to_the_refund(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    detail = wiring.looking().detail
    assert detail(patient.citizen, held.id).order is None
    notify(api, till.pay(patient.pay(held.id)))
    cloud.settle()
    paid = detail(patient.citizen, held.id).order
    assert paid is not None
    assert (paid.status, paid.refunded_fen, paid.legs.cash) == ("paid", 0, session.fee_fen)
    patient.cancel(held.id)
    cloud.settle()
    back = detail(patient.citizen, held.id).order
    assert back is not None
    assert (back.status, back.refunded_fen) == ("refunded", session.fee_fen)


def test_a_move_takes_the_money_along(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    order = a_booking(session, patient, till, api, cloud, 3)
    new = wiring.moving().reschedule(patient.citizen, order.about, place_of(session, 5).id)
    assert wiring.looking().detail(patient.citizen, order.about).order is None
    along = wiring.looking().detail(patient.citizen, new.id).order
    assert along is not None
    assert along.id == order.id


def test_the_hospitals_rules_say_until_when_what_may_be_done(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    the_rules(cancel_minutes=90, check_in_minutes=60, late_minutes=10)
    held = patient.hold(session, 3)
    starts = session.starts_of(3)
    assert wiring.looking().detail(patient.citizen, held.id).cancel_until == starts, "an unpaid hold may go"
    notify(api, till.pay(patient.pay(held.id)))
    cloud.settle()
    seen = wiring.looking().detail(patient.citizen, held.id)
    minutes = [(each - starts).total_seconds() / 60 for each in (seen.cancel_until, seen.check_in_from)]
    assert minutes == [-90, -60]
    assert (seen.check_in_until - starts).total_seconds() == 10 * 60


def test_a_hospital_lists_who_was_booked_in_its_session_page_by_page(
    session: Session,
    patient: Patient,
    other: Patient,
    hospital: Party,
    till: Till,
    api: Api,
    cloud: Cloud,
    clock: HeldClock,
) -> None:
    first = a_booking(session, patient, till, api, cloud, 3)
    clock.turn(seconds=1)
    other.hold(session, 4)
    cloud.settle()
    answer = on_the_roster(api, hospital, clock, session)
    [listed] = answer.json["items"]
    assert (listed["id"], listed["status"], answer.json["cursor"]) == (first.about, "booked", None)
    assert answer.json["stopped"] is False
    wiring.stopping().announce(HOSPITAL, session.practitioner_id, session.starts_at, "stopped", clock())
    assert on_the_roster(api, hospital, clock, session).json["stopped"] is True
    assert listed["clinic"] == {
        "practitionerId": session.practitioner_id,
        "startsAt": rfc3339(session.starts_at),
    }
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        page = wiring.desk().roster(HOSPITAL, session.practitioner_id, session.starts_at, 1, cursor)
        pages.append([each.appointment.id for each in page.details])
        cursor = page.cursor
    assert [each for page in pages for each in page] == [first.about]
    assert len(pages) > 1


def test_a_session_of_another_hospital_or_none_at_all_has_no_roster(
    session: Session, hospital: Party, api: Api, clock: HeldClock
) -> None:
    unpublished = a_session(clock, doctor="Z")
    assert on_the_roster(api, hospital, clock, unpublished).code == "clinic-unknown"
    assert on_the_roster(api, a_party(OTHER_HOSPITAL), clock, session).code == "clinic-unknown"
    elsewhere = published(a_session(clock, doctor="B"))
    cursor = wiring.cursors().seal("roster:1", {"pk": "ROSTER#1", "sk": "apt_1"})
    with pytest.raises(Invalid):
        wiring.desk().roster(HOSPITAL, elsewhere.practitioner_id, elsewhere.starts_at, 5, cursor)
    with pytest.raises(ClinicUnknown):
        wiring.desk().roster(OTHER_HOSPITAL, elsewhere.practitioner_id, elsewhere.starts_at, 5, None)
