"""Tables in memory: items by key, their keys' rules, the change stream, and the image that a lagging replica has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.memory.errors import Attributes, invalid

Key = tuple[str, ...]
_SEQUENCE_DIGITS = 21


@dataclass(frozen=True, slots=True)
class Change:
    """One item's change, in DynamoDB's notation; None is 'was not there'."""

    table: str
    key: Attributes
    old: Attributes | None
    new: Attributes | None
    sequence: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as `infra/` declares it: its key, its attributes' types, its indexes' keys."""

    name: str
    key: tuple[str, ...]
    types: Mapping[str, str]
    indexes: Mapping[str, tuple[str, ...]]
    carried: Mapping[str, tuple[str, ...]]
    """What an index shows besides keys."""

    @classmethod
    def declared(cls, name: str, properties: Mapping[str, Any]) -> "Shape":
        """From a CloudFormation table's properties."""
        types = {each["AttributeName"]: each["AttributeType"] for each in properties["AttributeDefinitions"]}
        indexes = {
            each["IndexName"]: _names(each["KeySchema"])
            for each in properties.get("GlobalSecondaryIndexes", ())
        }
        carried = {
            each["IndexName"]: tuple(each["Projection"].get("NonKeyAttributes", ()))
            for each in properties.get("GlobalSecondaryIndexes", ())
        }
        return cls(name, _names(properties["KeySchema"]), types, indexes, carried)

    def key_of(self, attributes: Attributes, *, whole: bool) -> Key:
        """The key among an item's attributes, or (`whole`) of a request that gives nothing else."""
        if whole and attributes.keys() != set(self.key):
            raise invalid("The provided key element does not match the schema")
        return tuple(self._key_part(name, attributes.get(name)) for name in self.key)

    def _key_part(self, name: str, attribute: Attributes | None) -> str:
        if attribute is None or self.types[name] not in attribute:
            raise invalid(f"One or more parameter values were invalid: Type mismatch for key {name}")
        value: str = attribute[self.types[name]]
        if not value:
            raise invalid(f"One or more parameter values are not valid. Empty key attribute: {name}")
        return value

    def check(self, item: Attributes) -> None:
        """Refuse an item whose index keys have a wrong type or are empty."""
        for index in self.indexes.values():
            for name in index:
                attribute = item.get(name)
                if attribute is not None and not attribute.get(self.types[name]):
                    raise invalid(f"One or more parameter values were invalid: Index Key {name}")


def _names(schema: Any) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in schema)


@dataclass
class MemoryTable:
    """One table's items. `lagging` lets eventually consistent reads see what was there before the last changes."""

    shape: Shape
    items: dict[Key, Attributes] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    lagging: bool = False
    _before: dict[Key, Attributes | None] = field(default_factory=dict)

    def find(self, key: Key, *, consistent: bool = True) -> Attributes | None:
        """One item, or what a lagging replica takes for it."""
        if not consistent and self.lagging and key in self._before:
            return self._before[key]
        return self.items.get(key)

    def seen(self, *, consistent: bool) -> Iterator[tuple[Key, Attributes]]:
        """Every item, or what a lagging replica takes for them."""
        if consistent or not self.lagging:
            yield from self.items.items()
            return
        for key in self.items.keys() | self._before.keys():
            item = self.find(key, consistent=False)
            if item is not None:
                yield key, item

    def store(self, key: Key, new: Attributes | None) -> None:
        """Let `new` stand under `key`. A write that changes nothing leaves no trace in the stream."""
        old = self.items.get(key)
        if old == new:
            return
        self._before[key] = old
        if new is None:
            del self.items[key]
        else:
            self.items[key] = new
        shown = {name: (new or old or {})[name] for name in self.shape.key}
        sequence = str(len(self.changes) + 1).zfill(_SEQUENCE_DIGITS)
        self.changes.append(Change(self.shape.name, shown, old, new, sequence))

    def catch_up(self) -> None:
        """Every replica has everything."""
        self._before.clear()
