"""A person's claims on days, on one item of the core table: attribute `d20261124` is that day's text.

A day is written over exactly what was seen of it. `barred_until` (Unix s) is a sanction's, and only read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.appointments.model.limits import Day
from chalicelib.errors import AppError
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write, commit

_BARRED = "barred_until"


@dataclass(frozen=True, slots=True)
class Seen:
    """A person's item as last seen; nothing known is an empty one."""

    days: Mapping[date, str] = field(default_factory=dict)
    barred_until: int | None = None

    def day(self, on: date) -> Day:
        """What is claimed of a day."""
        return Day.parse(self.days.get(on, ""))


class Changed(Exception):
    """The item was not as it had been seen."""

    def __init__(self, seen: Seen) -> None:
        """`seen` is what stands."""
        super().__init__()
        self.seen = seen


def _key(person_id: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": "BOOKINGS"}


def _name(day: date) -> str:
    return f"d{day:%Y%m%d}"


def _seen(item: Item) -> Seen:
    texts = {datetime.strptime(name, "d%Y%m%d").date(): item[name] for name in item if name.startswith("d2")}  # noqa: DTZ007
    return Seen(texts, item.get(_BARRED))


@dataclass(frozen=True, slots=True)
class LimitStore:
    """Reads and writes of one person's days."""

    table: Table

    def find(self, person_id: str) -> Seen:
        """The item as it stands this moment."""
        return _seen(self.table.get(_key(person_id), consistent=True) or {})

    def write(self, person_id: str, days: Mapping[date, Day], seen: Seen) -> Seen:
        """These days as they are from now on, over what was seen. Raises Changed, Unavailable."""
        return _seen(commit(self.writing(person_id, days, seen)))

    def writing(self, person_id: str, days: Mapping[date, Day], seen: Seen) -> Write:
        """What `write` does, as a write; refused with Changed."""

        def refused(standing: Item) -> AppError | None:
            raise Changed(_seen(standing))

        texts = {_name(on): day.text for on, day in days.items()}
        stood = {_name(on): seen.days.get(on, ABSENT) for on in days}
        return self.table.update(
            _key(person_id),
            refused,
            expect=stood | {_BARRED: ABSENT if seen.barred_until is None else seen.barred_until},
            assign={name: text for name, text in texts.items() if text},
            remove=[name for name, text in texts.items() if not text],
        )
