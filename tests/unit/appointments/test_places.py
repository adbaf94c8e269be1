"""Ids that say where the thing is."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.appointments.model.places import (
    PEOPLE,
    Hold,
    Place,
    clinic_key,
    clinic_number,
    milliseconds,
    moment_of,
    person_key,
    person_token,
    slot_index,
    slot_key,
    token_of,
)
from chalicelib.types import decode_base32

CLINIC = st.integers(0, (1 << 40) - 1)
INDEX = st.integers(0, 255)
MOMENT = st.integers(1_700_000_000, 4_000_000_000)


@given(CLINIC, INDEX, st.integers(1, 255), MOMENT)
def test_a_slots_id_names_its_place(clinic: int, index: int, minutes: int, starts: int) -> None:
    place = Place(clinic, index, minutes, starts * 1000)
    assert Place.parse(place.id) == place
    assert place.id.startswith("slt_")
    assert len(place.id) == 30


@given(CLINIC, INDEX, MOMENT, st.integers(0, PEOPLE - 1))
def test_an_appointments_id_names_its_hold(clinic: int, index: int, until: int, person: int) -> None:
    hold = Hold(clinic, index, until * 1000 + 7, person)
    assert Hold.parse(hold.id) == hold
    assert Place.parse(hold.id) is None


@given(st.text(max_size=40))
def test_any_other_text_names_nothing(text: str) -> None:
    assert Place.parse(text) is None
    assert Hold.parse(text) is None
    assert Place.parse(f"slt_{text}") is None


def test_a_person_that_no_token_stands_for_names_no_hold() -> None:
    assert Hold.parse(Hold(1, 2, 1_764_000_000_000, PEOPLE).id) is None


def test_a_slots_id_with_a_bit_too_many_names_nothing() -> None:
    place = Place(1, 2, 15, 1_764_000_000_000)
    assert Place.parse(place.id[:-1] + "1") is None


@given(INDEX)
def test_slot_keys_are_short_and_unique(index: int) -> None:
    assert slot_index(slot_key(index)) == index
    assert len(slot_key(index)) == (1 if index < 85 else 2)


def test_all_slot_keys_differ() -> None:
    assert len({slot_key(index) for index in range(256)}) == 256


def test_no_key_has_the_dot_that_parts_a_path() -> None:
    keys = {slot_key(index) for index in range(256)} | {person_key(each) for each in range(0, PEOPLE, 99_991)}
    assert not any("." in key for key in keys)


@given(CLINIC)
def test_a_session_key_gives_its_number_back(clinic: int) -> None:
    assert decode_base32(clinic_key(clinic)) == clinic
    assert len(clinic_key(clinic)) == 8


@given(st.text(min_size=1), CLINIC)
def test_a_person_key_gives_its_token_back(person: str, clinic: int) -> None:
    token = person_token(person, clinic)
    assert token_of(person_key(token)) == token
    assert len(person_key(token)) == 4


def test_a_person_is_another_token_in_every_session() -> None:
    assert person_token("psn_a", 1) != person_token("psn_a", 2)


def test_a_session_has_the_same_number_every_time_and_another_when_that_is_taken() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert clinic_number("prc_a", at) == clinic_number("prc_a", at)
    assert clinic_number("prc_a", at) != clinic_number("prc_a", at, 1)


@given(st.integers(0, 10**13))
def test_milliseconds_lose_nothing(unix_ms: int) -> None:
    assert milliseconds(moment_of(unix_ms)) == unix_ms
