"""One line of the bureau's feed and the tries to deliver it, as data. It must not know how it is sent."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from sandbox.clock import rfc3339
from sandbox.people import CardStatus

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (0.2, 1, 3, 10, 30, 120))
"""Between tries; the last one again and again, until the service acknowledges."""
NEVER_TAKEN = {400, 422}
"""Statuses that say that the line itself is wrong: sending it again would change nothing."""
SUCCESS = range(200, 300)

Outcome = Literal["acknowledged", "refused", "unreachable", "dropped"]


class Try(BaseModel):
    """One delivery: when, what came of it, and the status that the service answered with."""

    at: datetime
    outcome: Outcome
    status: int | None = None


class FeedEvent(BaseModel):
    """That a card changed, told until the service acknowledges it."""

    event_id: str
    user_id: str
    card_number: str
    version: int
    status: CardStatus
    reason: str | None
    state: Literal["waiting", "acknowledged", "refused"] = "waiting"
    passed_over: bool = False
    """Held back once already, so that a later one could pass it."""
    tries: list[Try] = []

    def body(self) -> dict[str, Any]:
        """What the service is told."""
        said = {"cardNumber": self.card_number, "version": self.version, "status": self.status}
        return said | ({"reason": self.reason} if self.reason else {})

    def after(self, tries: list[Try]) -> "FeedEvent":
        """The event after these tries."""
        made = [*self.tries, *tries]
        if any(each.outcome == "acknowledged" for each in tries):
            return self.model_copy(update={"tries": made, "state": "acknowledged"})
        if any(each.status in NEVER_TAKEN for each in tries):
            return self.model_copy(update={"tries": made, "state": "refused"})
        return self.model_copy(update={"tries": made})

    @property
    def pause(self) -> timedelta:
        """How long to wait before the next try."""
        return PAUSES[min(len(self.tries), len(PAUSES)) - 1]

    def view(self) -> dict[str, Any]:
        """The event as the sandbox lists it: whose card, never its number."""
        return {
            "id": self.event_id,
            "userId": self.user_id,
            "version": self.version,
            "status": self.status,
            "reason": self.reason,
            "state": self.state,
            "tries": [
                {"at": rfc3339(each.at), "outcome": each.outcome, "status": each.status}
                for each in self.tries
            ],
        }
