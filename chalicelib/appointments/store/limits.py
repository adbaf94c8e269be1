"""A person's claims on days, on one item of the core table: attribute `d20261124` is that day's text.

A day is written over exactly what was seen of it. `barred_until` (Unix s) is a sanction's, and only read here.
"""

from dataclasses import dataclass
from datetime import date

from chalicelib.appointments.model.limits import Day
from chalicelib.errors import AppError
from chalicelib.platform.dynamo import ABSENT, Item, Table, commit

_BARRED = "barred_until"


@dataclass(frozen=True, slots=True)
class Seen:
    """A person's item as last seen; nothing known is an empty one."""

    text: str | None = None
    barred_until: int | None = None


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


def _seen(item: Item, day: date) -> Seen:
    return Seen(item.get(_name(day)), item.get(_BARRED))


@dataclass(frozen=True, slots=True)
class LimitStore:
    """Reads and writes of one person's one day."""

    table: Table

    def find(self, person_id: str, on: date) -> Seen:
        """The item as it stands this moment."""
        return _seen(self.table.get(_key(person_id), consistent=True) or {}, on)

    def write(self, person_id: str, on: date, day: Day, seen: Seen) -> Seen:
        """The day as it is from now on, over what was seen. Raises Changed, Unavailable."""

        def refused(standing: Item) -> AppError | None:
            raise Changed(_seen(standing, on))

        name, text = _name(on), day.text
        commit(
            self.table.update(
                _key(person_id),
                refused,
                expect={
                    name: ABSENT if seen.text is None else seen.text,
                    _BARRED: ABSENT if seen.barred_until is None else seen.barred_until,
                },
                assign={name: text} if text else {},
                remove=() if text else (name,),
            )
        )
        return Seen(text or None, seen.barred_until)
