"""An application for a service item, its life, and its numbers. Pure data; what is not in `TRANSITIONS` is forbidden.

`approved` and `ordered` are two statuses: the decision is made and kept before the payer hears of it, and the payer
hears of it only under a number that is kept already. So nothing is paid that was not decided, and nothing twice.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import AwareDatetime, Field

from chalicelib.certificates.model.labels import Reason
from chalicelib.types import CHINA, Fen, Model, encode_base32

_TIME_CHARACTERS = 10  # of a ULID
_RANDOM_BYTES, _RANDOM_CHARACTERS = 10, 16
_PREFIX = "map_"


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    GATHERING = "gathering"
    DEFERRED = "deferred"
    REVIEW = "review"
    APPROVED = "approved"
    ORDERED = "ordered"
    PAID = "paid"
    REJECTED = "rejected"
    REFUSED = "refused"
    """Approved, but the payer will not pay."""
    ABANDONED = "abandoned"
    """The consent ended before the facts were there."""


ASKING = (Status.SUBMITTED, Status.GATHERING, Status.DEFERRED)
"""The departments are being asked, or will be."""
OURS = (*ASKING, Status.APPROVED, Status.ORDERED)
"""The next step is ours."""
OPEN = (*OURS, Status.REVIEW)
"""Not at its end."""

TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "start": ((Status.SUBMITTED,), Status.GATHERING),
    "wait": ((Status.GATHERING,), Status.DEFERRED),
    "approve": ((Status.GATHERING, Status.DEFERRED, Status.REVIEW), Status.APPROVED),
    "reject": ((Status.GATHERING, Status.DEFERRED, Status.REVIEW), Status.REJECTED),
    "look": ((Status.GATHERING, Status.DEFERRED), Status.REVIEW),
    "abandon": (ASKING, Status.ABANDONED),
    "order": ((Status.APPROVED,), Status.ORDERED),
    "pay": ((Status.ORDERED,), Status.PAID),
    "refuse": ((Status.ORDERED,), Status.REFUSED),
}
"""Event -> the statuses it may happen in, and the one it leads to."""


class Ground(Model):
    """One signed answer that the decision rests on."""

    department_id: str
    fact: str
    request_id: str
    status: str
    answered_at: AwareDatetime
    proof: str = Field(repr=False)


class Payment(Model):
    """Where the money went: the citizen's own account, as the payer names it."""

    bank: str
    account_masked: str
    paid_at: AwareDatetime


class Application(Model):
    """One application. `sealed` (name and identity number) is dropped at its end."""

    id: str
    citizen_id: str
    person_id: str
    item_id: str
    status: Status
    version: int
    submitted_at: AwareDatetime
    due_by: AwareDatetime | None = None
    asked_fen: Fen | None = None
    consent_id: str | None = None
    sealed: bytes | None = Field(default=None, repr=False)
    grounds: tuple[Ground, ...] = ()
    fetched: int = 0
    on_paper: int = 0
    amount_fen: Fen | None = None
    period: str | None = None
    decided_at: AwareDatetime | None = None
    reason: Reason | None = None
    payment: Payment | None = None

    @property
    def order_number(self) -> str:
        """What the payer knows this application's one order by."""
        return self.id.replace(_PREFIX, "wdo_", 1)

    def late(self, now: datetime) -> bool:
        """Whether the law's time to decide is over."""
        return self.due_by is not None and now > self.due_by

    def overdue(self, now: datetime) -> bool:
        """Whether it is over, and nothing is decided."""
        return self.late(now) and self.decided_at is None and self.status in OPEN


def application_id(verification_id: str, item_id: str, asked_fen: int | None) -> str:
    """The id of this request: asking twice with one face scan, for the same amount, is one application.

    A ULID with the scan's own time, so that a citizen's applications lie in order.
    """
    digest = sha256(f"{verification_id}\0{item_id}\0{asked_fen}".encode()).digest()
    chance = encode_base32(int.from_bytes(digest[:_RANDOM_BYTES], "big"), _RANDOM_CHARACTERS)
    return f"{_PREFIX}{verification_id.rpartition('_')[2][:_TIME_CHARACTERS]}{chance}"


def period_of(moment: datetime, months: int) -> str:
    """The period that a moment lies in, by the calendar in China: `2026-10` is the quarter that October begins."""
    day = moment.astimezone(CHINA).date()
    first = (day.month - 1) // months * months + 1
    return f"{date(day.year, first, 1):%Y-%m}"


def end_of_term(submitted_at: datetime, days: int | None) -> datetime | None:
    """The last second in China of the day by which the law wants a decision; the first day is the next one."""
    if days is None:
        return None
    last = submitted_at.astimezone(CHINA).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), CHINA)
