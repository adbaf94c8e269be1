"""How many appointments one person has on one day in China, across all sessions. Pure: kept as one short text a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from chalicelib.appointments.model.places import clinic_key
from chalicelib.types import decode_base32

_ENDED = "-"


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim: for a hold in a session until a moment (Unix ms), whether or not the hold came about."""

    clinic: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Day:
    """A person's day. `ended_ms`: the latest end of a hold that was given back, so that no later one has its number."""

    entries: tuple[Entry, ...] = ()
    ended_ms: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The day behind its text."""
        parts = [part.split(":") for part in text.split()]
        entries = tuple(Entry(decode_base32(key), int(until)) for key, until in parts if key != _ENDED)
        return cls(entries, max((int(until) for key, until in parts if key == _ENDED), default=0))

    @property
    def text(self) -> str:
        """What is kept; empty where nothing is."""
        told = [f"{clinic_key(each.clinic)}:{each.until_ms}" for each in self.entries]
        return " ".join([*told, f"{_ENDED}:{self.ended_ms}"] if self.ended_ms else told)

    def fresh(self, until_ms: int) -> int:
        """The end for a new hold: no hold of this person on this day ever had it."""
        return max(until_ms, self.ended_ms + 1, *(each.until_ms + 1 for each in self.entries))

    def admits(self, clinic: int, most: int) -> bool:
        """Whether the person may have a slot of this session too."""
        return len({each.clinic for each in self.entries} | {clinic}) <= most

    def plus(self, entry: Entry) -> Self:
        """With one claim more."""
        return type(self)((*self.entries, entry), self.ended_ms)

    def only(self, entries: Iterable[Entry]) -> Self:
        """With these claims alone."""
        return type(self)(tuple(entries), self.ended_ms)

    def minus(self, entry: Entry, *, held: bool) -> Self:
        """Without a claim; where there was a hold, its end is remembered."""
        rest = tuple(each for each in self.entries if each != entry)
        return type(self)(rest, max(self.ended_ms, entry.until_ms) if held else self.ended_ms)
