"""Money that one side says has moved, in one form for all sides. Pure data and rules.

At the payment app `in` is a trade and `out` a refund; at a hospital `in` is what it charged, `out` what it reversed.
The payment app knows only the cash of an order, a hospital the whole of it: which postings of the ledger are
compared with whom is said here, by account, so that any leg that is ever added falls on the right side.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from chalicelib.payments.model.ledger import CLEARING, Entry, payable
from chalicelib.types import CHINA

Direction = Literal["in", "out"]
Key = tuple[Direction, str]

_PAYEES = payable("")


@dataclass(frozen=True, slots=True)
class Movement:
    """One side's word: so many fen (never negative) moved at a moment. `number` is the order's or the refund's.

    `party` is who was charged for: a hospital's id, or nobody where the payment app speaks.
    """

    direction: Direction
    number: str
    order_id: str
    amount_fen: int
    at: datetime
    party: str = ""

    @property
    def key(self) -> Key:
        """What both sides call it."""
        return self.direction, self.number

    @property
    def day(self) -> date:
        """The day in China."""
        return self.at.astimezone(CHINA).date()


def at_payment_app(entry: Entry) -> list[Movement]:
    """What an entry says of the cash that the payment app holds."""
    return _movements(entry, {"": entry.postings.get(CLEARING, 0)})


def at_hospitals(entry: Entry) -> list[Movement]:
    """What an entry says that its payee is owed, whoever bears it: all legs together."""
    owed = {
        name.removeprefix(_PAYEES): -fen for name, fen in entry.postings.items() if name.startswith(_PAYEES)
    }
    return _movements(entry, owed)


def _movements(entry: Entry, amounts: dict[str, int]) -> list[Movement]:
    number, at = entry.id.rpartition(":")[0], datetime.fromisoformat(entry.at)
    return [
        Movement("in" if fen > 0 else "out", number, entry.order_id, abs(fen), at, party)
        for party, fen in amounts.items()
        if fen
    ]


def by_key(movements: Iterable[Movement]) -> dict[Key, Movement]:
    """Movements by what both sides call them; one that is told in parts counts as their sum."""
    found: dict[Key, Movement] = {}
    for each in movements:
        before = found.get(each.key)
        total = each.amount_fen + (before.amount_fen if before else 0)
        found[each.key] = replace(before or each, amount_fen=total)
    return found
