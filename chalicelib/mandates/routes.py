"""Mandates on the wire: the agent's side and the member's."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.identity.errors import (
    FACE_REFUSALS,
    IdentityMismatch,
    IdentityNumberInvalid,
    PersonDeceased,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import (
    ChildOfAge,
    FamilySlotsFull,
    MandateEnded,
    MandateExists,
    MandateNotFound,
    MandateToOneself,
    MemberUnderAge,
    NotAGuardian,
    PersonUnknown,
)
from chalicelib.mandates.model.mandates import Action, Mandate, MandateStatus, Relation, Side
from chalicelib.mandates.service.wishes import Wish
from chalicelib.platform.clock import system_clock
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)

_REGISTRY = (
    AnswerNotTrusted,
    DepartmentUnavailable,
    IdentityMismatch,
    NotAGuardian,
    PersonDeceased,
    Unavailable,
)


class Member(Wire):
    """A child under 16, by name and number."""

    real_name: Annotated[str, Field(min_length=1, max_length=60, repr=False)]
    id_number: Annotated[str, Field(min_length=1, max_length=40, repr=False)]


class GrantMandate(Wire):
    """For whom, to do what, until when.

    `verificationId` is the family member's own face, scanned on this phone; for a child under 16, whom `member`
    names, it is the guardian's (default: what this session proved before).
    """

    relation: Annotated[Relation, Field(strict=False)]
    actions: Annotated[
        list[Annotated[Action, Field(strict=False)]], Field(min_length=1, max_length=len(Action))
    ]
    until: Annotated[AwareDatetime | None, Field(strict=False)] = None
    verification_id: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    member: Member | None = None


class AgentView(Wire):
    """Who acts, masked."""

    holder: str


class MemberView(Wire):
    """For whom, masked."""

    holder: str
    number_masked: str


class MandateView(Wire):
    """A mandate as either side sees it; `role` is the caller's own part. The card it carries is the agent's to see."""

    id: str
    role: Side
    relation: Relation
    actions: list[Action]
    status: MandateStatus
    agent: AgentView
    member: MemberView
    granted_at: Moment
    until: Moment
    closed_at: Moment | None
    closed_by: Side | None
    card_id: str | None


class RelationSlots(Wire):
    """How many family members of a relation one may act for, and does."""

    relation: Relation
    slots: int
    used: int


class MandateList(Wire):
    """The mandates that stand, and the slots: there are never more than a family has."""

    items: list[MandateView]
    slots: list[RelationSlots]
    cursor: None = None


@routes.on(
    "POST",
    "/v1/mandates",
    status=201,
    auth=wiring.citizen,
    errors=(
        ChildOfAge,
        FamilySlotsFull,
        IdentityNumberInvalid,
        MandateEnded,
        MandateExists,
        MandateToOneself,
        MemberUnderAge,
        PersonUnknown,
        *_REGISTRY,
        *FACE_REFUSALS,
    ),
    repeatable=True,  # the mandate's id follows from the scan that consents
)
def grant_mandate(caller: Citizen, body: GrantMandate) -> MandateView:
    """Act for a family member."""
    wish = Wish(
        relation=body.relation,
        actions=tuple(action for action in Action if action in body.actions),
        until=body.until,
        verification_id=body.verification_id,
        member_name=body.member.real_name if body.member else None,
        member_number=body.member.id_number if body.member else None,
    )
    return _view(caller, wiring.granting().grant(caller, wish))


@routes.on("GET", "/v1/mandates", auth=wiring.citizen)
def list_mandates(caller: Citizen) -> MandateList:
    """For whom I act, and who acts for me."""
    mandates = wiring.mandates()
    used = mandates.used(caller)
    return MandateList(
        items=[_view(caller, each) for each in mandates.list_own(caller)],
        slots=[
            RelationSlots(relation=relation, slots=slots, used=used[relation])
            for relation, slots in wiring.family_slots().items()
        ],
    )


@routes.on("GET", "/v1/mandates/{mandate_id}", auth=wiring.citizen, errors=(MandateNotFound,))
def get_mandate(caller: Citizen, mandate_id: str) -> MandateView:
    """One mandate, whatever became of it."""
    return _view(caller, wiring.mandates().get(caller, mandate_id))


@routes.on(
    "DELETE",
    "/v1/mandates/{mandate_id}",
    status=204,
    auth=wiring.citizen,
    errors=(MandateNotFound, Unavailable),
)
def revoke_mandate(caller: Citizen, mandate_id: str) -> None:
    """End a mandate at once, from either side."""
    wiring.closing().revoke(caller, mandate_id)


def _view(caller: Citizen, mandate: Mandate) -> MandateView:
    role = Side.AGENT if mandate.agent_person_id == caller.account.person_id else Side.MEMBER
    return MandateView(
        id=mandate.id,
        role=role,
        relation=mandate.relation,
        actions=list(mandate.actions),
        status=mandate.status_at(system_clock()),
        agent=AgentView(holder=mandate.agent_holder),
        member=MemberView(holder=mandate.member_holder, number_masked=mandate.member_number_masked),
        granted_at=mandate.granted_at,
        until=mandate.until,
        closed_at=mandate.closed_at,
        closed_by=mandate.closed_by,
        card_id=mandate.card_id if role is Side.AGENT else None,
    )
