"""DynamoDB's condition expressions, as far as the app speaks them: read once, then asked of many items."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.memory.errors import Attributes, NotModelled
from tests.memory.words import Path, Reader, Words

Holds = Callable[[Attributes, Words], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """One expression, read."""

    holds: Holds
    placeholders: frozenset[str]


@lru_cache(maxsize=4096)
def condition(text: str) -> Condition:
    """A condition expression, read."""
    reader = Reader(text)
    holds = _any_of(reader)
    if reader.next:
        raise NotModelled(text)
    return Condition(holds, reader.placeholders)


def _any_of(reader: Reader) -> Holds:
    terms = _chain(reader, "OR", _all_of)
    return terms[0] if len(terms) == 1 else lambda item, words: any(each(item, words) for each in terms)


def _all_of(reader: Reader) -> Holds:
    terms = _chain(reader, "AND", _term)
    return terms[0] if len(terms) == 1 else lambda item, words: all(each(item, words) for each in terms)


def _chain(reader: Reader, joint: str, part: Callable[[Reader], Holds]) -> list[Holds]:
    terms = [part(reader)]
    while reader.next == joint:
        reader.take()
        terms.append(part(reader))
    return terms


def _term(reader: Reader) -> Holds:
    if reader.next == "NOT":
        reader.take()
        inner = _term(reader)
        return lambda item, words: not inner(item, words)
    if reader.next == "(":
        reader.take()
        inner = _any_of(reader)
        reader.take(")")
        return inner
    if reader.next in _FUNCTIONS:
        return _FUNCTIONS[reader.take()](reader)
    return _comparison(reader)


def _comparison(reader: Reader) -> Holds:
    path = reader.path()
    if reader.next == "IN":
        reader.take()
        reader.take("(")
        values = reader.listed(reader.value)
        reader.take(")")
        return lambda item, words: words.find(item, path) in [words.values[each] for each in values]
    if reader.next == "BETWEEN":
        return _between(reader, path)
    compare = _COMPARISONS[reader.take(*_COMPARISONS)]
    value = reader.value()
    return lambda item, words: compare(words.find(item, path), words.values[value])


def _between(reader: Reader, path: Path) -> Holds:
    reader.take("BETWEEN")
    low = reader.value()
    reader.take("AND")
    high = reader.value()
    at_least, at_most = _COMPARISONS[">="], _COMPARISONS["<="]

    def holds(item: Attributes, words: Words) -> bool:
        found = words.find(item, path)
        return at_least(found, words.values[low]) and at_most(found, words.values[high])

    return holds


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def of(found: Any, wanted: Any) -> bool:
        if found is None or found.keys() != wanted.keys():
            return False
        ((kind, bound),) = wanted.items()
        if kind not in {"N", "S"}:
            raise NotModelled(f"an order of {kind}")
        left = found[kind]
        return compare(int(left), int(bound)) if kind == "N" else compare(left.encode(), bound.encode())

    return of


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, wanted: found == wanted,
    "<": _ordered(lambda found, bound: found < bound),
    "<=": _ordered(lambda found, bound: found <= bound),
    ">": _ordered(lambda found, bound: found > bound),
    ">=": _ordered(lambda found, bound: found >= bound),
}


def _exists(reader: Reader) -> Holds:
    path = _argument(reader)
    return lambda item, words: words.find(item, path) is not None


def _not_exists(reader: Reader) -> Holds:
    path = _argument(reader)
    return lambda item, words: words.find(item, path) is None


def _argument(reader: Reader) -> Path:
    reader.take("(")
    path = reader.path()
    reader.take(")")
    return path


def _begins_with(reader: Reader) -> Holds:
    reader.take("(")
    path = reader.path()
    reader.take(",")
    value = reader.value()
    reader.take(")")

    def holds(item: Attributes, words: Words) -> bool:
        found = words.find(item, path)
        return found is not None and "S" in found and found["S"].startswith(words.values[value]["S"])

    return holds


_FUNCTIONS = {"attribute_exists": _exists, "attribute_not_exists": _not_exists, "begins_with": _begins_with}
