"""The administrator's requests about registration as JSON: which appeals wait, what one says, how it ends.

Knows no storage. A decision is kept with who made it, when and why; the appeal's own words are gone with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from chalicelib.appointments.errors import SanctionNotOpen, SanctionUnknown
from chalicelib.appointments.model.sanctions import Decision, Sanction
from chalicelib.appointments.service.sanctions import Sanctions
from chalicelib.platform import administration, log
from chalicelib.platform.clock import Clock
from chalicelib.platform.keys import Sealer
from chalicelib.policies.model import Operator, Why
from chalicelib.types import Wire, rfc3339

_PLACE = "/admin/registration"


class Appeals(Wire):
    """The appeals that wait, the oldest first."""

    action: Literal["appeals"]
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class _About(Wire):
    sanction_id: Annotated[str, Field(pattern=r"^snc_[0-9A-HJKMNP-TV-Z]{26}$")]


class Show(_About):
    """One sanction, with the words of its appeal while it waits."""

    action: Literal["show"]


class Decide(_About):
    """Grant an appeal (the sanction is lifted) or deny it (it acts from now)."""

    action: Literal["decide"]
    outcome: Literal["granted", "denied"]
    by: Operator
    reason: Why


Request = Annotated[Appeals | Show | Decide, Field(discriminator="action")]


@cache
def _requests() -> TypeAdapter[Request]:
    return TypeAdapter(Request)


@dataclass(frozen=True, slots=True)
class Administration:
    """Serves one request at a time."""

    sanctions: Sanctions
    sealer: Sealer
    clock: Clock

    def serve(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, or the problem with it."""
        return administration.serve(event, _requests(), self._answer, _PLACE)

    def _answer(self, asked: Request) -> dict[str, Any]:
        match asked:
            case Appeals():
                found = self.sanctions.store.appealed(self.clock(), asked.limit)
                return {"items": [_told(each) for each in found], "more": len(found) == asked.limit}
            case Show():
                return self._shown(self._found(asked.sanction_id))
            case Decide():
                return self._decided(asked)

    def _shown(self, sanction: Sanction) -> dict[str, Any]:
        sealed = sanction.appeal_sealed
        words = self.sealer.open(sealed, {"sanction": sanction.id})["reason"] if sealed else None
        return _told(sanction) | {"appeal": words}

    def _decided(self, asked: Decide) -> dict[str, Any]:
        """Deciding the same again is deciding once: the first decision stands, with who made it."""
        sanction = self._found(asked.sanction_id)
        if sanction.decided is None or sanction.decided.outcome != asked.outcome:
            self._decide(sanction, asked)
        return _told(self._found(asked.sanction_id))

    def _decide(self, sanction: Sanction, asked: Decide) -> None:
        if sanction.status != "appealed":
            raise SanctionNotOpen(
                f"It is {sanction.status}: only an appeal that waits can be decided.",
                f"当前状态为 {sanction.status}，只有待处理的申诉才能作出决定。",
            )
        told = Decision(outcome=asked.outcome, by=asked.by, at=self.clock(), reason=asked.reason)
        self.sanctions.decide(sanction, told)
        log.event("sanction.decided", sanction=sanction.id, outcome=asked.outcome, by=asked.by)

    def _found(self, sanction_id: str) -> Sanction:
        try:
            return self.sanctions.get(sanction_id)
        except SanctionUnknown:
            raise SanctionUnknown("No sanction has this id.", "没有该编号的爽约处理记录。") from None


def _told(sanction: Sanction) -> dict[str, Any]:
    missed = sorted(sanction.missed.items(), key=lambda each: each[1])
    decided = sanction.decided
    return {
        "id": sanction.id,
        "status": sanction.status,
        "hospitalId": sanction.hospital_id,
        "missed": [
            {"appointmentId": name, "startsAt": rfc3339(datetime.fromtimestamp(at, UTC))}
            for name, at in missed
        ],
        "recordedAt": rfc3339(sanction.recorded_at),
        "appealUntil": _moment(sanction.appeal_until),
        "appealedAt": _moment(sanction.appealed_at),
        "barredUntil": _moment(sanction.barred_until),
        "decided": decided.model_dump(mode="json") if decided else None,
    }


def _moment(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None
