"""The list of free slots of a department as large as a city's: a hundred sessions of seventy places on one day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.claims import Seen
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import milliseconds, slot_key
from chalicelib.appointments.service.directory import FreeSlot
from chalicelib.appointments.store.availability import AvailabilityStore
from tests.appointments import DEPARTMENT, a_session, clinic_of, day_of
from tests.clock import HeldClock
from tests.memory.cloud import Place, place
from tests.parties import HOSPITAL

SESSIONS, PLACES, MOST = 100, 70, 100


@pytest.fixture
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


@pytest.fixture
def sessions(here: Place) -> list[Session]:
    one = a_session(here.clock, places=PLACES).model_copy(update={"minutes": 3})
    names = [f"prc_{each:026d}" for each in range(SESSIONS)]
    many = [one.model_copy(update={"practitioner_id": name}) for name in names]
    wiring.directory().publish(many)
    return many


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sessions each query brought."""
    real, seen = AvailabilityStore.list_day, []

    def list_day(self: AvailabilityStore, *asked: object) -> object:
        found = real(self, *asked)  # type: ignore[arg-type]
        seen.append(len(found))
        return found

    monkeypatch.setattr(AvailabilityStore, "list_day", list_day)
    return seen


def page(day: date, cursor: str | None, limit: int = MOST) -> tuple[list[FreeSlot], str | None]:
    return wiring.directory().list_free(HOSPITAL, DEPARTMENT, day, limit, cursor)


def test_every_free_slot_comes_once_page_by_page_and_no_session_is_touched(
    here: Place, sessions: list[Session], read: list[int]
) -> None:
    day, seen, cursor, pages = day_of(sessions[0]), Counter[str](), None, 0
    made: set[str] = set()
    while pages == 0 or cursor:
        found, cursor = here.cloud.live(lambda at=cursor: page(day, at))  # type: ignore[misc]
        made |= set(here.cloud.calls.last.made)
        seen.update(shown.session.place(shown.clinic, index).id for shown, index in found)
        pages += 1
        assert len(found) == MOST
    assert (len(seen), set(seen.values())) == (SESSIONS * PLACES, {1})
    assert pages == SESSIONS * PLACES // MOST
    assert made <= {"dynamodb.query", "kms.generate_mac"}
    assert sum(read) <= 6 * pages


def test_a_day_that_is_sold_out_is_known_after_few_questions(
    here: Place, sessions: list[Session], read: list[int]
) -> None:
    taken = {slot_key(each): -milliseconds(here.clock()) for each in range(PLACES)}
    for each in sessions:
        full = replace(clinic_of(each), seen=Seen(taken), version=2)
        assert wiring.directory().availability.follow(full)
    assert page(day_of(sessions[0]), None) == ([], None)
    assert (sum(read), len(read)) == (SESSIONS, 5)
