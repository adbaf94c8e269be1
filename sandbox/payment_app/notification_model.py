"""A notification and the attempts to deliver it, as data. It must not know how one is made."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from sandbox.clock import rfc3339

LADDER = tuple(timedelta(minutes=minutes) for minutes in (4, 10, 10, 60, 120, 360, 900))
"""Until the merchant answers `success`: 4 m, 10 m, 10 m, 1 h, 2 h, 6 h, 15 h, then never again."""

Outcome = Literal["delivered", "refused", "unreachable", "dropped", "forged"]


class Attempt(BaseModel):
    """One delivery: when, what came of it, and the status the merchant answered with."""

    at: datetime
    outcome: Outcome
    status: int | None = None


class Notification(BaseModel):
    """One thing the merchant is told until it says that it heard."""

    notify_id: str
    trade_no: str
    url: str
    params: dict[str, str]
    state: Literal["waiting", "delivered", "exhausted"] = "waiting"
    postponed: bool = False
    attempts: list[Attempt] = []
    next_at: datetime | None = None

    def after(self, attempts: list[Attempt], now: datetime, time_scale: float) -> "Notification":
        """The notification after a try that made these attempts, with the time of its next try, if any."""
        made = [*self.attempts, *attempts]
        if any(attempt.outcome == "delivered" for attempt in attempts):
            return self.model_copy(update={"attempts": made, "state": "delivered", "next_at": None})
        tries = self.tries + 1
        if tries > len(LADDER):
            return self.model_copy(update={"attempts": made, "state": "exhausted", "next_at": None})
        return self.model_copy(update={"attempts": made, "next_at": now + LADDER[tries - 1] * time_scale})

    @property
    def tries(self) -> int:
        """How many steps of the ladder were taken: what a stranger sent beside them does not count."""
        return sum(attempt.outcome != "forged" for attempt in self.attempts)

    def view(self) -> dict[str, Any]:
        """The notification as `GET /sandbox/payment-app/notifications` lists it."""
        return {
            "id": self.notify_id,
            "tradeNo": self.trade_no,
            "tradeStatus": self.params["trade_status"],
            "outBizNo": self.params.get("out_biz_no"),
            "state": self.state,
            "attempts": [
                {"at": rfc3339(attempt.at), "outcome": attempt.outcome, "status": attempt.status}
                for attempt in self.attempts
            ],
            "nextAt": rfc3339(self.next_at) if self.next_at else None,
        }
