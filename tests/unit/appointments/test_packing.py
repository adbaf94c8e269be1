"""How little of a write unit a session takes, and that nothing is lost on the way into the item and back."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bench.units import size
from chalicelib import wiring
from chalicelib.appointments.model.claims import HOLD_LIFE, Seen, claim
from chalicelib.appointments.model.places import clinic_key, milliseconds, person_token, slot_key
from chalicelib.appointments.store import packing
from chalicelib.platform import aws
from chalicelib.types import new_id
from tests.appointments import a_session, clinic_of, place_of, published
from tests.clock import HeldClock
from tests.cloud import Cloud

PLACES = 70
_ONE_WRITE_UNIT = 1024
MOMENT = st.integers(1_735_689_600_000, 2_200_000_000_000)
NAMES = st.one_of(
    st.text(min_size=1, max_size=30).filter(lambda text: " " not in text),
    st.from_regex(r"(hos|dep|ctz|card)_[0-9A-HJKMNP-TV-Z]{26}", fullmatch=True),
)


def _item(number: int) -> Mapping[str, Any]:
    answer = aws.dynamodb().get_item(
        TableName="ClinicTable", Key={"pk": {"S": clinic_key(number)}}, ConsistentRead=True
    )
    return answer["Item"]


def test_70_places_cost_at_most_1_05_write_units_a_hold(cloud: Cloud, clock: HeldClock) -> None:
    session = published(a_session(clock, places=PLACES))
    number = place_of(session, 0).clinic
    store, units = wiring.booking().clinics, 0
    for index in range(PLACES):
        clock.turn(seconds=0.013)
        now, place = clock(), place_of(session, index)
        person = person_token(new_id("psn", now), number)
        until_ms = milliseconds(now + HOLD_LIFE)
        made = claim(Seen(), place, person, milliseconds(now), until_ms)
        before = size(_item(number))
        store.take(place, made, new_id("ctz", now), new_id("card", now))
        units += -(-max(before, size(_item(number))) // _ONE_WRITE_UNIT)
    assert units / PLACES <= 1.05
    assert len(clinic_of(session).seen.slots) == PLACES


@given(MOMENT, st.booleans())
def test_a_slots_number_comes_back(moment: int, confirmed: bool) -> None:  # noqa: FBT001
    value = -moment if confirmed else moment
    assert packing.slots({"0": packing.number(value)}) == {"0": value}
    assert len(packing.number(value)) == 5


@given(st.integers(0, 255))
def test_a_persons_slot_comes_back(index: int) -> None:
    assert packing.people({"p": packing.index(slot_key(index))}) == {"p": slot_key(index)}


@given(NAMES)
def test_any_id_comes_back_and_most_take_16_bytes(name: str) -> None:
    assert packing.hospital_id(packing.hospital(name)) == name
    assert packing.department_id(packing.department(name)) == name


@given(st.integers(0, 255), NAMES, NAMES)
def test_who_held_last_comes_back(index: int, citizen: str, card: str) -> None:
    assert packing.latest_of(packing.latest(slot_key(index), citizen, card)) == (
        slot_key(index),
        citizen,
        card,
    )


def test_an_id_of_the_house_takes_16_bytes(clock: HeldClock) -> None:
    assert len(packing.hospital(new_id("hos", clock()))) == 16
    assert len(packing.latest("0", new_id("ctz", clock()), new_id("card", clock()))) == 33
