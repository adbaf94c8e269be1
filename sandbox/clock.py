"""The sandbox's idea of now, held by tests. It must not know who asks."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

BEIJING = timezone(timedelta(hours=8), "CST")
"""The payment app speaks Beijing time; China keeps one zone and no summer time."""


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """The moment as RFC 3339 in UTC with a `Z`, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def beijing(moment: datetime) -> str:
    """The moment as the payment app writes it: `yyyy-MM-dd HH:mm:ss`, Beijing."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def from_beijing(text: str) -> datetime:
    """The moment behind the payment app's `yyyy-MM-dd HH:mm:ss`; raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).astimezone(UTC)
