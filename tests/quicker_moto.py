"""Moto as it is, but for what took most of the tests' time: spelling the names of attributes, and copying whole tables.

For each of an attribute value's ten possible members moto tries a dozen spellings of its name. Here a member is there
under its name, or not at all. For each write of a transaction moto copies the table, every item and stream record of
it. Here the items that the transaction names are copied, and of the others what may change: where they are.
"""

from collections import defaultdict
from copy import copy, deepcopy
from typing import Any

from moto.core.model import Shape
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_usual_value = ResponseSerializer.get_value
_usual_transaction = DynamoDBBackend.transact_write_items
_named: dict[str, list[dict[str, Any]]] = {}
"""Table -> the keys of what the transaction under way writes."""


def quicken() -> None:
    """From now on, in this process."""
    for owner, name, quick in (
        (ResponseSerializer, "get_value", _value),
        (DynamoDBBackend, "transact_write_items", _transact),
        (Table, "__deepcopy__", _as_it_stands),
    ):
        setattr(owner, name, quick)


def _value(self: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    parent = getattr(shape, "parent", None)
    if parent is not None and parent.name == "AttributeValue" and type(value) is dict:
        return value.get(key)
    return _usual_value(self, value, key, shape)


def _transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    _named.clear()
    for each in transact_items:
        for write in each.values():
            _named.setdefault(write["TableName"], []).append(write.get("Key") or write["Item"])
    _usual_transaction(self, transact_items)


def _set_apart(table: Table, named: dict[str, Any]) -> None:
    """Let this item be one of its own: an update changes the other one where it lies."""
    place: Any = table.items
    path = [named[each] for each in (table.hash_key_attr, table.range_key_attr) if each]
    *parts, last = map(DynamoType, path)
    for part in parts:
        place = place.get(part, {})
    if last in place:
        place[last] = deepcopy(place[last])


def _as_it_stands(self: Table, _: dict[int, Any]) -> Table:
    """What a transaction goes back to: the same items in places of its own, and the stream up to here."""
    kept = copy(self)
    kept.items = defaultdict(dict)
    kept.items.update({key: dict(each) if self.has_range_key else each for key, each in self.items.items()})
    if self.stream_shard:
        kept.stream_shard = copy(self.stream_shard)
        kept.stream_shard.table, kept.stream_shard.items = kept, [*self.stream_shard.items]
    for each in _named.get(self.name, []):
        _set_apart(kept, each)
    return kept
