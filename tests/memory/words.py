"""The words of DynamoDB's expressions: tokens, paths, and what the placeholders of one request stand for.

What is not known here raises NotModelled, so that a new way of asking is noticed instead of half understood.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.memory.errors import Attributes, NotModelled, invalid

_TOKEN = re.compile(r"\s*(#\w+|:\w+|<>|<=|>=|[=<>(),.\[\]+\-]|\w+)")
_BARE = {"pk", "sk", "due_kind", "due_at"}
"""Names that are surely no reserved words; any other must come as a placeholder."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What the placeholders of one request stand for."""

    names: Mapping[str, str]
    values: Mapping[str, Any]

    def name(self, part: str) -> str:
        return self.names[part] if part[0] == "#" else part

    def find(self, item: Attributes, path: Path) -> Any:
        """The attribute at a path, or None."""
        found = item.get(self.name(path[0]))
        for part in path[1:]:
            if found is None or "M" not in found:
                return None
            found = found["M"].get(self.name(part))
        return found


class Reader:
    """Goes through an expression's tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _TOKEN.findall(text)
        if "".join(self.tokens) != re.sub(r"\s", "", text):
            raise NotModelled(text)
        self.position = 0
        self.placeholders = frozenset(each for each in self.tokens if each[0] in "#:")

    @property
    def next(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.next
        if not token or (expected and token not in expected):
            raise NotModelled(f"{token!r} in {self.text}")
        self.position += 1
        return token

    def path(self) -> Path:
        parts = [self._name()]
        while self.next == ".":
            self.take()
            parts.append(self._name())
        return tuple(parts)

    def _name(self) -> str:
        token = self.take()
        if token[0] != "#" and token not in _BARE:
            raise NotModelled(f"the bare name {token!r} in {self.text}")
        return token

    def value(self) -> str:
        token = self.take()
        if token[0] != ":":
            raise NotModelled(f"{token!r} where a value is expected in {self.text}")
        return token

    def listed(self, element: Callable[[], Any]) -> list[Any]:
        found = [element()]
        while self.next == ",":
            self.take()
            found.append(element())
        return found


def words_of(
    names: Mapping[str, str] | None, values: Mapping[str, Any] | None, used: Iterable[frozenset[str]]
) -> Words:
    """The request's placeholders. Raises DynamoDB's refusal where one is missing or unused."""
    words = Words(names or {}, values or {})
    given, wanted = words.names.keys() | words.values.keys(), frozenset[str]().union(*used)
    if missing := wanted - given:
        raise invalid(f"An expression attribute used in expression is not defined: {sorted(missing)}")
    if unused := given - wanted:
        raise invalid(f"Value provided in ExpressionAttribute unused in expressions: keys: {sorted(unused)}")
    return words
