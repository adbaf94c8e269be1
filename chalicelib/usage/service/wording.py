"""What a read is called, in both languages: the log itself holds codes."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from chalicelib.types import Model
from chalicelib.usage.model import Entry, Kind, Words

_TEXTS = Path(__file__).parent.with_name("texts.json")


class Texts(Model):
    """Kinds of reads as patterns over `{label}`, and the names of facts and systems that no room has words for."""

    actions: dict[str, Words]
    facts: dict[str, Words]
    systems: dict[str, Words]


@cache
def texts() -> Texts:
    """The catalogue."""
    return Texts.model_validate_json(_TEXTS.read_bytes())


NameOf = Callable[[str], Words | None]
"""What a fact is called by whoever declares it."""


def action_of(read: Entry, declared: NameOf) -> Words:
    """Why data was read, for people. A thing without a name keeps its code."""
    fact = read.what.rpartition("/")[2] if read.kind is Kind.FACT else ""
    known = read.label or declared(fact) or texts().facts.get(fact)
    label, pattern = known or Words(zh=read.what, en=read.what), texts().actions[read.kind]
    return Words(zh=pattern.zh.format(label=label.zh), en=pattern.en.format(label=label.en))


def name_of(read: Entry) -> str:
    """What the receiver is called; a system of ours by its own name."""
    known = texts().systems.get(read.receiver.system)
    return read.receiver.name or (known.zh if known else read.receiver.code)
