"""What a process goes by for a short while after it has read it. Knows no capability and no storage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Memory(Generic[T]):
    """Remembers what was found for `life`; what was not found is asked for again at once."""

    life: timedelta
    _kept: dict[str, tuple[T, datetime]] = field(default_factory=dict, repr=False)

    def recall(self, key: str, read: Callable[[str], T | None], now: datetime) -> T | None:
        """What was read of `key` within `life`, or else what `read` finds now."""
        kept = self._kept.get(key)
        if kept and now - kept[1] < self.life:
            return kept[0]
        found = read(key)
        if found is None:
            self.forget(key)
        else:
            self._kept[key] = (found, now)
        return found

    def forget(self, key: str) -> None:
        """Read `key` anew next time."""
        self._kept.pop(key, None)
