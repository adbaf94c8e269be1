"""A hospital's schedules on the wire."""

import datetime as dt
from typing import Annotated

from pydantic import Field, ValidationError

from chalicelib import wiring
from chalicelib.appointments.errors import HospitalUnknown, ProposalStale
from chalicelib.appointments.model.schedules import Proposal, Schedule
from chalicelib.errors import Forbidden, Invalid, Unavailable
from chalicelib.institutions.model import Institution, Kind
from chalicelib.types import Fen, Moment, Wire

routes = wiring.routes(__name__)


class PlanSchedule(Wire):
    """Sessions of one practitioner on weekdays (1: Monday); `start` is China's time, `proposal` what is applied."""

    practitioner_id: Annotated[str, Field(min_length=1, max_length=64)]
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    minutes: Annotated[int, Field(ge=1, le=255)]
    places: Annotated[int, Field(ge=1, le=256)]
    fee_fen: Fen
    first_day: dt.date
    last_day: dt.date
    apply: bool = False
    proposal: Annotated[str, Field(min_length=64, max_length=64)] | None = None


class ProposalView(Wire):
    """Starts of sessions that are added, withdrawn, or keep their old slots and fee; `hurt`: appointments withdrawn."""

    id: str
    proposal: str
    applied: bool
    added: list[Moment]
    withdrawn: list[Moment]
    kept: list[Moment]
    hurt: int


@routes.on(
    "PUT",
    "/v1/institutions/me/schedules/{schedule_id}",
    auth=wiring.institution,
    errors=(ProposalStale, HospitalUnknown, Forbidden, Unavailable),
)
def plan_schedule(caller: Institution, schedule_id: str, body: PlanSchedule) -> ProposalView:
    """Propose a schedule and see whom it hurts; with `apply` and the proposal's digest, do it."""
    if caller.kind != Kind.HOSPITAL:
        raise Forbidden
    plan = _plan(body)
    if not body.apply:
        return _view(schedule_id, wiring.schedules().propose(caller.id, schedule_id, plan), applied=False)
    done = wiring.schedules().apply(caller.id, caller.name, schedule_id, plan, body.proposal or "")
    return _view(schedule_id, done, applied=True)


def _plan(body: PlanSchedule) -> Schedule:
    hour, _, minute = body.start.partition(":")
    try:
        return Schedule(
            practitioner_id=body.practitioner_id,
            weekdays=tuple(sorted(set(body.weekdays))),
            at=int(hour) * 60 + int(minute),
            minutes=body.minutes,
            places=body.places,
            fee_fen=body.fee_fen,
            first=body.first_day,
            last=body.last_day,
        )
    except ValidationError as error:
        raise Invalid(("", error.errors()[0]["msg"])) from error


def _view(schedule_id: str, proposed: Proposal, *, applied: bool) -> ProposalView:
    return ProposalView(
        id=schedule_id,
        proposal=proposed.digest,
        applied=applied,
        added=list(proposed.added),
        withdrawn=list(proposed.withdrawn),
        kept=list(proposed.kept),
        hurt=proposed.hurt,
    )
