"""A crowd at the booking service itself: 2,000 people, 200 slots, one appointment a day for each, many threads."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from random import Random
from threading import RLock
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import AlreadyRegistered, SlotTaken, TooManyAppointments
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import person_token
from chalicelib.cards.model.card import reference
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen, WalletEntry
from chalicelib.platform.dynamo import transact
from chalicelib.types import new_id
from chalicelib.wiring.platform import core_table
from tests.appointments import Patient, a_patient, a_session, clinic_of, place_of, published
from tests.clock import HeldClock
from tests.memory.calls import Calls
from tests.memory.cloud import Place, place

PEOPLE, SESSIONS, PLACES, THREADS = 2_000, 4, 50, 16


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who wants what."""

    here: Place
    people: list[Patient]
    sessions: list[Session]

    def try_everything(self, number: int) -> list[str]:
        """One device of a person tries every session, whether or not it got something before."""
        patient, chance = self.people[number % PEOPLE], Random(number)
        got: list[str] = []
        for session in chance.sample(self.sessions, SESSIONS):
            slot = place_of(session, chance.randrange(PLACES)).id
            try:
                got.append(wiring.booking().hold(patient.citizen, slot, patient.card.id, any_time=True).id)
            except (SlotTaken, TooManyAppointments, AlreadyRegistered, Unavailable):
                continue
        return got


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    clock = HeldClock(datetime(2026, 11, 23, 23, 50, tzinfo=UTC))
    logging.disable()
    with place(clock) as here:
        core_table().put_all([{"pk": "POLICY#", "sk": "ACTIVE", "version": 1, "most_per_day": 1}])
        sessions = [published(a_session(clock, places=PLACES, doctor=each)) for each in "ABCD"]
        first = a_patient(here.payment_app, clock)
        ids = islice(_strangers(first.card.person_id, sessions), PEOPLE - 1)
        people = [first, *(_another(first, person_id, clock) for person_id in ids)]
        monkeypatch.setattr(here.cloud.calls, "pass_through", _one_after_the_other(here.cloud.calls))
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)  # so that threads meet between any two calls
        yield Crowd(here, people, sessions)
        sys.setswitchinterval(before)
    logging.disable(logging.NOTSET)


def _strangers(first: str, sessions: list[Session]) -> Iterator[str]:
    """Ids of people none of whom a session takes for another one: among so many, that happens once in 130 crowds."""
    clinics = [place_of(each, 0).clinic for each in sessions]
    met = {(clinic, person_token(first, clinic)) for clinic in clinics}
    while True:
        person_id = new_id("psn", datetime.now(UTC))
        tokens = {(clinic, person_token(person_id, clinic)) for clinic in clinics}
        if not tokens & met:
            met |= tokens
            yield person_id


def _another(patient: Patient, person_id: str, clock: HeldClock) -> Patient:
    """Somebody else with a card and an account."""
    card_id, citizen_id = new_id("card", clock()), new_id("ctz", clock())
    changed = {"id": card_id, "citizen_id": citizen_id, "person_id": person_id}
    card = patient.card.model_copy(update=changed)
    transact(wiring.cards().store.bind(card)[:2])
    (mine,) = patient.citizen.account.wallet.values()
    entry: WalletEntry = mine.model_copy(update={"reference": reference(card_id)})
    account = patient.citizen.account.model_copy(update={"id": citizen_id, "wallet": {card_id: entry}})
    return Patient(Citizen(id=citizen_id, session_id="ses", account=account), card)


def _one_after_the_other(calls: Calls) -> Callable[[str, Callable[..., Any], Mapping[str, Any]], Any]:
    """A call of the cloud is a moment; between two calls of a thread any number of others' may come."""
    lock, pass_through = RLock(), calls.pass_through

    def guarded(name: str, call: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        with lock:
            return pass_through(name, call, arguments)

    return guarded


def test_two_thousand_people_with_two_devices_each_get_two_hundred_slots_and_nobody_two(crowd: Crowd) -> None:
    wiring.booking()
    numbers = list(range(2 * PEOPLE))
    Random(7).shuffle(numbers)
    with ThreadPoolExecutor(THREADS) as pool:
        got = [each for answer in pool.map(crowd.try_everything, numbers) for each in answer]
    clinics = [clinic_of(each) for each in crowd.sessions]
    taken = sum(len(each.seen.slots) for each in clinics)
    assert taken == SESSIONS * PLACES
    assert len(set(got)) == taken
    assert all(len(set(each.seen.people.values())) == len(each.seen.people) == PLACES for each in clinics)
    limits = wiring.booking().limiting.store
    day = crowd.sessions[0].day
    claims = [limits.find(each.card.person_id).day(day).entries for each in crowd.people]
    assert sum(map(len, claims)) == taken
    assert max(map(len, claims)) == 1
