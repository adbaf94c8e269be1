"""Days are China's: 29 February, the end of a month, midnight, and moments that others write in their own time zone."""

from datetime import UTC, date, datetime, time

import pytest

from chalicelib import wiring
from chalicelib.types import CHINA
from tests.api import Api
from tests.appointments import DEPARTMENT, a_session, clinic_of, published
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp
from tests.parties import HOSPITAL


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock) -> Phone:
    made = Phone(api, payment_app)
    made.log_in()
    return made


def starts(on: date) -> list[datetime]:
    """When a day's free slots start, as the directory lists them."""
    free, _ = wiring.directory().list_free(HOSPITAL, DEPARTMENT, on, 50, None)
    return [shown.session.starts_of(index) for shown, index in free]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2028, 2, 28, 4, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2028, 2, 29, 4, tzinfo=UTC), date(2028, 3, 1)),
        (datetime(2027, 2, 28, 4, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2026, 12, 30, 17, tzinfo=UTC), date(2027, 1, 1)),
    ],
    ids=["leap day", "after the leap day", "end of february", "end of the year, in China already"],
)
def test_tomorrows_slots_are_tomorrows(cloud: Cloud, clock: HeldClock, now: datetime, day: date) -> None:
    clock.now = now
    published(a_session(clock, places=2, at=time(0, 15)))
    published(a_session(clock, places=2, doctor="B", at=time(23, 0)))
    found = starts(day)
    assert len(found) == 4
    assert {each.astimezone(CHINA).date() for each in found} == {day}
    assert starts(now.astimezone(CHINA).date()) == []


def test_a_session_is_the_same_in_every_time_zone(cloud: Cloud, clock: HeldClock) -> None:
    session = published(a_session(clock))
    for zone in (UTC, CHINA):
        starts_at = session.starts_at.astimezone(zone)
        found = wiring.stopping().published(HOSPITAL, session.practitioner_id, starts_at)
        assert found == clinic_of(session)


@pytest.mark.parametrize(
    "query",
    [
        "date=2027-02-29",
        "date=2026-11-31",
        "date=2026-11-25T00:00:00%2B08:00",
        "date=2026-11-25&limit=1000000",
    ],
)
def test_what_is_no_day_or_no_page_is_refused(phone: Phone, query: str) -> None:
    path = f"/v1/slots?hospitalId={HOSPITAL}&departmentId={DEPARTMENT}&{query}"
    assert phone.api.get(path, token=phone.token).code == "payload-invalid"
