"""What missing appointments led to, on the wire: a person's own sanctions, and appealing."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.appointments.errors import SanctionNotOpen, SanctionUnknown
from chalicelib.appointments.model.sanctions import Sanction, SanctionStatus
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class MissedView(Wire):
    """One appointment that was missed."""

    appointment_id: str
    starts_at: Moment


class SanctionView(Wire):
    """A sanction; `barredUntil` is there once it acts, `appealUntil` once it is announced."""

    id: str
    status: SanctionStatus
    hospital_id: str
    missed: list[MissedView]
    recorded_at: Moment
    appeal_until: Moment | None
    barred_until: Moment | None


class SanctionList(Wire):
    """All sanctions of the caller's person, the newest first."""

    items: list[SanctionView]
    cursor: None = None


class Appeal(Wire):
    """Why the sanction is wrong, in the person's own words; whoever decides reads them, nobody after."""

    reason: Annotated[str, Field(min_length=1, max_length=500, repr=False)]


def _view(sanction: Sanction) -> SanctionView:
    missed = sorted(sanction.missed.items(), key=lambda each: each[1])
    return SanctionView(
        id=sanction.id,
        status=sanction.status,
        hospital_id=sanction.hospital_id,
        missed=[
            MissedView(appointment_id=name, starts_at=datetime.fromtimestamp(at, UTC)) for name, at in missed
        ],
        recorded_at=sanction.recorded_at,
        appeal_until=sanction.appeal_until,
        barred_until=sanction.barred_until,
    )


@routes.on("GET", "/v1/sanctions", auth=wiring.citizen)
def list_sanctions(caller: Citizen) -> SanctionList:
    """My sanctions for missed appointments."""
    return SanctionList(items=[_view(each) for each in wiring.sanctions().list_own(caller)])


@routes.on(
    "POST",
    "/v1/sanctions/{sanction_id}/appeal",
    auth=wiring.citizen,
    errors=(SanctionUnknown, SanctionNotOpen, Unavailable),
    repeatable=True,  # the first words stand
)
def appeal_sanction(caller: Citizen, sanction_id: str, body: Appeal) -> SanctionView:
    """Appeal before a sanction acts; it waits until somebody has decided."""
    return _view(wiring.sanctions().appeal(caller, sanction_id, body.reason))
