"""How a session's facts lie in its item: in bytes, so that a morning of 70 places fills one write unit (1 KB).

Knows lengths and prefixes, never what a hold means. An id that is no prefix and ULID stays text.
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from chalicelib.appointments.model.places import slot_index, slot_key
from chalicelib.types import ULID_LENGTH, decode_base32, encode_base32

_EPOCH_MS = 1_735_689_600_000
"""2025-01-01T00:00:00Z: 39 bits of milliseconds after it last until 2042; the lowest of 40 bits says `confirmed`."""
_NUMBER, _ULID = 5, 16
_HOSPITAL, _DEPARTMENT, _CITIZEN, _CARD = "hos", "dep", "ctz", "card"


def number(value: int) -> bytes:
    """A slot's number: the end of a hold in Unix ms, negated where it is confirmed."""
    return ((abs(value) - _EPOCH_MS) << 1 | (value < 0)).to_bytes(_NUMBER)


def _value(packed: bytes) -> int:
    bits = int.from_bytes(packed)
    moment = (bits >> 1) + _EPOCH_MS
    return -moment if bits & 1 else moment


def slots(packed: Mapping[str, bytes]) -> dict[str, int]:
    """Slot -> number."""
    return {slot: _value(each) for slot, each in packed.items()}


def index(slot: str) -> bytes:
    """Which slot a person has."""
    return slot_index(slot).to_bytes(1)


def people(packed: Mapping[str, bytes]) -> dict[str, str]:
    """Person -> slot."""
    return {person: slot_key(each[0]) for person, each in packed.items()}


def hospital(hospital_id: str) -> str | bytes:
    """A hospital's id."""
    return _pack(hospital_id, _HOSPITAL)


def hospital_id(packed: str | bytes) -> str:
    """The id behind `hospital`."""
    return _unpack(packed, _HOSPITAL)


def department(department_id: str) -> str | bytes:
    """A department's id."""
    return _pack(department_id, _DEPARTMENT)


def department_id(packed: str | bytes) -> str:
    """The id behind `department`."""
    return _unpack(packed, _DEPARTMENT)


def latest(slot: str, citizen_id: str, card_id: str) -> str | bytes:
    """Who made the latest hold, of which slot."""
    citizen, card = _pack(citizen_id, _CITIZEN), _pack(card_id, _CARD)
    if isinstance(citizen, bytes) and isinstance(card, bytes):
        return index(slot) + citizen + card
    return f"{slot} {citizen_id} {card_id}"


def latest_of(packed: str | bytes) -> tuple[str, str, str]:
    """Slot, account and card behind `latest`."""
    if isinstance(packed, str):
        slot, citizen_id, card_id = packed.split(" ")
        return slot, citizen_id, card_id
    citizen, card = packed[1 : 1 + _ULID], packed[1 + _ULID :]
    return slot_key(packed[0]), _unpack(citizen, _CITIZEN), _unpack(card, _CARD)


def typed(image: Mapping[str, Any]) -> dict[str, Any]:
    """A stream record's image as the SDK would answer it: events are JSON, so bytes come as base64."""
    return {name: _typed(attribute) for name, attribute in image.items()}


def _typed(attribute: Mapping[str, Any]) -> Mapping[str, Any]:
    ((kind, value),) = attribute.items()
    if kind == "M":
        return {"M": typed(value)}
    return {"B": b64decode(value)} if kind == "B" and isinstance(value, str) else attribute


def _pack(text: str, prefix: str) -> str | bytes:
    try:
        bits = decode_base32(text.removeprefix(f"{prefix}_"))
        packed = bits.to_bytes(_ULID)
    except (ValueError, OverflowError):
        return text
    return packed if _unpack(packed, prefix) == text else text


def _unpack(packed: str | bytes, prefix: str) -> str:
    if isinstance(packed, str):
        return packed
    return f"{prefix}_{encode_base32(int.from_bytes(packed), ULID_LENGTH)}"
