"""The usage log on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.cards.errors import CardBusy, UsageNotFound
from chalicelib.cards.model.card import CardStatus
from chalicelib.cards.model.decoding import ERRANDS, Attribute, BusinessType
from chalicelib.cards.model.usage import Kind, Usage
from chalicelib.errors import Invalid
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MANDATE_REFUSALS
from chalicelib.types import Moment, Wire, id_pattern

routes = wiring.routes(__name__)


class Whose(Wire):
    """Whose log: one's own or, by a mandate, a family member's."""

    mandate_id: Annotated[str, Field(pattern=id_pattern("man"))] | None = None


class Page(Whose):
    """Whose log, and which part of it."""

    cursor: Annotated[str, Field(max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class WordsView(Wire):
    """One text in Chinese and English."""

    zh: str
    en: str


class InstitutionView(Wire):
    """Who read the card."""

    id: str
    name: str


class TerminalView(Wire):
    """Where, in the institution's own ids."""

    office_id: str
    device_id: str
    operator_id: str | None


class RelativeView(Wire):
    """Who showed the card for its holder: by which mandate, and their masked name."""

    mandate_id: str
    holder: str


class UsageView(Wire):
    """One use: names of what was told, never values. `amountFen` is there for a redeemed offline code."""

    id: str
    kind: Kind
    at: Moment
    institution: InstitutionView
    business_type: BusinessType
    purpose: WordsView
    attributes: list[Attribute]
    card_id: str
    terminal: TerminalView
    family_member: RelativeView | None
    amount_fen: int | None
    disputed_at: Moment | None


class UsageList(Wire):
    """Newest first."""

    items: list[UsageView]
    cursor: str | None


class Disputed(Wire):
    """What "not me" came to."""

    card_status: CardStatus
    disputed_at: Moment | None


def _view(usage: Usage) -> UsageView:
    errand, terminal, relative = ERRANDS[usage.business_type], usage.terminal, usage.relative
    return UsageView(
        id=usage.id,
        kind=usage.kind,
        at=usage.at,
        institution=InstitutionView(id=usage.institution_id, name=usage.institution_name),
        business_type=usage.business_type,
        purpose=WordsView(zh=errand.zh, en=errand.en),
        attributes=list(usage.attributes),
        card_id=usage.card_id,
        terminal=TerminalView(
            office_id=terminal.office_id, device_id=terminal.device_id, operator_id=terminal.operator_id
        ),
        family_member=RelativeView(**relative.model_dump()) if relative else None,
        amount_fen=usage.amount_fen,
        disputed_at=usage.disputed_at,
    )


@routes.on("GET", "/v1/usages", auth=wiring.citizen, errors=(Invalid, *MANDATE_REFUSALS))
def list_usages(caller: Citizen, query: Page) -> UsageList:
    """Who read my card, or my family member's."""
    found, cursor = wiring.usages().list_of(caller, query.mandate_id, query.limit, query.cursor)
    return UsageList(items=[_view(usage) for usage in found], cursor=cursor)


@routes.on(
    "POST",
    "/v1/usages/{usage_id}/not-me",
    auth=wiring.citizen,
    errors=(UsageNotFound, CardBusy, *MANDATE_REFUSALS),
    repeatable=True,  # saying it again changes nothing
)
def dispute_usage(caller: Citizen, usage_id: str, query: Whose) -> Disputed:
    """That was not me: dispute the use, suspend the card, flag the institution."""
    usage, card = wiring.usages().not_me(caller, query.mandate_id, usage_id)
    return Disputed(card_status=card.status, disputed_at=usage.disputed_at)
