"""What DynamoDB bills for a call: how large an item is, and how many units its reading or writing takes.

After the developer guide, "DynamoDB item sizes and formats" and "read and write operations". Knows no item's meaning.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_READ, _WRITE = 4096, 1024
_CONTAINER, _ELEMENT = 3, 1
_INDEXED = {"due_kind", "due_at"}
"""What an item must have to stand in the table's one index too."""


class NotPriced(LookupError):
    """A call whose price nobody has told this module."""


@dataclass(frozen=True, slots=True)
class Units:
    """Request units; an eventually consistent read takes half a one."""

    read: float = 0
    write: int = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.read + other.read, self.write + other.write)

    def __str__(self) -> str:
        """`1r+1w`."""
        told = [f"{each:g}{letter}" for each, letter in ((self.read, "r"), (self.write, "w")) if each]
        return "+".join(told) or "0"


def billed(call: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> Units:
    """The units of one call of the SDK's client. Raises NotPriced.

    An update is billed by the item before or after, whichever is larger: here by the one after, which it must return.
    """
    if call == "get_item":
        steps = max(1, -(-size(answer.get("Item", {})) // _READ))
        return Units(read=steps if arguments.get("ConsistentRead") else steps / 2)
    if call == "put_item":
        return Units(write=_written(arguments["Item"]))
    if call == "update_item" and arguments.get("ReturnValues") == "ALL_NEW":
        return Units(write=_written(answer["Attributes"]))
    raise NotPriced(call)


def refused_units(standing: Mapping[str, Any]) -> int:
    """The write units of a write whose condition the standing item ({}: none) refused: as if it had taken place."""
    return _steps(standing)


def size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """An item's bytes: names and values."""
    return sum(len(name.encode()) + _value(attribute) for name, attribute in item.items())


def _steps(item: Mapping[str, Any]) -> int:
    return max(1, -(-size(item) // _WRITE))


def _written(item: Mapping[str, Any]) -> int:
    return _steps(item) + (1 if item.keys() >= _INDEXED else 0)


def _value(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value if isinstance(value, bytes) else b64decode(value))
        case "N":
            return (len(value.strip("-").strip("0.")) + 1) // 2 + 1
        case "M":
            return _CONTAINER + size(value) + _ELEMENT * len(value)
        case "L":
            return _CONTAINER + sum(_ELEMENT + _value(each) for each in value)
        case _:
            return 1
