"""DynamoDB's update expressions, as far as the app speaks them: SET to a value, REMOVE, ADD to a number."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations
from typing import Any

from tests.memory.errors import Attributes, NotModelled, invalid
from tests.memory.words import Path, Reader, Words

Deed = tuple[str, Path, str]
"""SET, REMOVE or ADD; where; the value's placeholder ("" for REMOVE)."""

_NO_SUCH_PATH = "The document path provided in the update expression is invalid for update"


@dataclass(frozen=True, slots=True)
class Update:
    """One expression, read."""

    deeds: tuple[Deed, ...]
    placeholders: frozenset[str]

    def apply(self, item: Attributes, words: Words) -> Attributes:
        """The item after the update. Raises DynamoDB's refusal."""
        paths = [tuple(words.name(part) for part in path) for _, path, _ in self.deeds]
        _refuse_overlaps(paths)
        changed = item
        for (verb, _, value), path in zip(self.deeds, paths, strict=True):
            changed = _CHANGES[verb](changed, path, words.values.get(value))
        return changed


@lru_cache(maxsize=4096)
def update(text: str) -> Update:
    """An update expression, read."""
    reader = Reader(text)
    deeds: list[Deed] = []
    verbs: list[str] = []
    while reader.next:
        verb = reader.take(*_TERMS)
        verbs.append(verb)
        deeds += [(verb, path, value) for path, value in reader.listed(partial(_TERMS[verb], reader))]
    if len(set(verbs)) != len(verbs) or not deeds:
        raise NotModelled(text)
    return Update(tuple(deeds), reader.placeholders)


def _assignment(reader: Reader) -> tuple[Path, str]:
    path = reader.path()
    reader.take("=")
    return path, reader.value()


_TERMS: dict[str, Callable[[Reader], tuple[Path, str]]] = {
    "SET": _assignment,
    "REMOVE": lambda reader: (reader.path(), ""),
    "ADD": lambda reader: (reader.path(), reader.value()),
}


def _refuse_overlaps(paths: list[Path]) -> None:
    for one, other in combinations(paths, 2):
        shorter = min(len(one), len(other))
        if one[:shorter] == other[:shorter]:
            raise invalid("Invalid UpdateExpression: Two document paths overlap with each other")


def _set(attributes: Attributes, path: Path, value: Any) -> Attributes:
    first, *rest = path
    if not rest:
        return {**attributes, first: value}
    return {**attributes, first: {"M": _set(_inner(attributes, first), tuple(rest), value)}}


def _remove(attributes: Attributes, path: Path, _: Any) -> Attributes:
    first, *rest = path
    if not rest:
        return {name: value for name, value in attributes.items() if name != first}
    return {**attributes, first: {"M": _remove(_inner(attributes, first), tuple(rest), None)}}


def _inner(attributes: Attributes, name: str) -> Attributes:
    found = attributes.get(name)
    if found is None or "M" not in found:
        raise invalid(_NO_SUCH_PATH)
    inner: Attributes = found["M"]
    return inner


def _add(attributes: Attributes, path: Path, value: Any) -> Attributes:
    if len(path) > 1:
        raise NotModelled("ADD is documented for top-level attributes only")
    standing = attributes.get(path[0], {"N": "0"})
    if "N" not in standing or "N" not in value:
        raise invalid("An operand in the update expression has an incorrect data type")
    return {**attributes, path[0]: {"N": str(int(standing["N"]) + int(value["N"]))}}


_CHANGES = {"SET": _set, "REMOVE": _remove, "ADD": _add}
