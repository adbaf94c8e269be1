"""What a claim means for a session's item within a transaction: what must stand, what comes, what goes.

The slot is confirmed at once: whoever takes it in a transaction has paid.
"""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.appointments.model.claims import Claim, Overtaken
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.places import Hold
from chalicelib.appointments.store import packing
from chalicelib.errors import AppError
from chalicelib.platform.dynamo import ABSENT, Item

_Value = TypeVar("_Value")


def overtaken(_: Item) -> AppError | None:
    """Refuses a write over a session that has changed."""
    raise Overtaken


def confirmed(hold: Hold) -> dict[str, object]:
    """A confirmed slot, as its session keeps it."""
    return {f"s.{hold.key}": packing.number(-hold.until_ms), f"w.{hold.person_key}": packing.index(hold.key)}


def wanted(clinic: Clinic, claim: Claim) -> dict[str, object]:
    """The session must be the one that was seen, and the claim's suppositions must hold."""
    return {
        "t": clinic.starts,
        "m": clinic.minutes,
        "n": clinic.places,
        "f": clinic.fee_fen,
        "x": ABSENT,
        **supposed(claim),
    }


def gone(claim: Claim) -> list[str]:
    """What a claim removes."""
    return [*(f"s.{slot}" for slot in claim.gone_slots), *(f"w.{person}" for person in claim.gone_people)]


def supposed(claim: Claim) -> dict[str, object]:
    """What a claim supposes of slots and people."""
    return {
        **{f"s.{slot}": _or_absent(value, packing.number) for slot, value in claim.slots.items()},
        **{f"w.{person}": _or_absent(slot, packing.index) for person, slot in claim.people.items()},
    }


def _or_absent(value: _Value | None, packed: Callable[[_Value], bytes]) -> object:
    return ABSENT if value is None else packed(value)
