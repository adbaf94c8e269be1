"""Cards and codes on the wire, the citizen's side."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.cards.errors import CardNotFound
from chalicelib.cards.model.card import Hold
from chalicelib.cards.routes.refusals import (
    BINDING,
    LINKING_BANK,
    RESUMING,
    SUSPENDING,
    UNLINKING,
    UNLINKING_BANK,
    UNUSABLE,
)
from chalicelib.cards.routes.wire import (
    BindCard,
    CardList,
    CardView,
    CodeView,
    LinkBankAccount,
    ProveFace,
    SuspendCard,
    card_view,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MandateEnded
from chalicelib.types import Wire

routes = wiring.routes(__name__)


class Proved(Wire):
    """The card holder's face, where no body can carry it: the id alone, since a receipt has no place in an address."""

    verification_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


@routes.on(
    "POST",
    "/v1/cards",
    status=201,
    auth=wiring.citizen,
    errors=BINDING,
)
def bind_card(caller: Citizen, body: BindCard) -> CardView:
    """Bind the electronic social-security card, or carry a family member's."""
    if body.mandate_id is not None:
        return card_view(*wiring.carrying().carry(caller, body.mandate_id))
    return card_view(wiring.binding().bind(caller, body.verification_id or "", move=body.move))


@routes.on("GET", "/v1/cards", auth=wiring.citizen)
def list_cards(caller: Citizen) -> CardList:
    """My cards, and those I carry for my family."""
    wallet = caller.account.wallet
    return CardList(items=[card_view(card, wallet.get(card.id)) for card in wiring.cards().list_own(caller)])


@routes.on("GET", "/v1/cards/{card_id}", auth=wiring.citizen, errors=(CardNotFound, MandateEnded))
def get_card(caller: Citizen, card_id: str) -> CardView:
    """One of my cards."""
    return card_view(wiring.cards().get(caller, card_id), caller.account.wallet.get(card_id))


@routes.on(
    "POST",
    "/v1/cards/{card_id}/suspend",
    auth=wiring.citizen,
    errors=SUSPENDING,
)
def suspend_card(caller: Citizen, card_id: str, body: SuspendCard) -> CardView:
    """Take a card out of use at once; also a family member's."""
    card = wiring.life().suspend(caller, card_id, Hold(body.reason))
    return card_view(card, caller.account.wallet.get(card_id))


@routes.on(
    "POST",
    "/v1/cards/{card_id}/resume",
    auth=wiring.citizen,
    errors=RESUMING,
)
def resume_card(caller: Citizen, card_id: str, body: ProveFace) -> CardView:
    """Take my card back into use."""
    return card_view(wiring.life().resume(caller, card_id, body.verification_id))


@routes.on(
    "DELETE",
    "/v1/cards/{card_id}",
    status=204,
    auth=wiring.citizen,
    errors=UNLINKING,
)
def unlink_card(caller: Citizen, card_id: str, query: Proved) -> None:
    """Give my card up for good, or take a family member's out of my wallet."""
    wiring.life().unlink(caller, card_id, query.verification_id)


@routes.on(
    "POST",
    "/v1/cards/{card_id}/bank-account",
    auth=wiring.citizen,
    errors=LINKING_BANK,
)
def link_bank_account(caller: Citizen, card_id: str, body: LinkBankAccount) -> CardView:
    """Link my card's bank account: the card can pay (level 2)."""
    return card_view(wiring.banking().link(caller, card_id, body.phone, body.verification_id))


@routes.on(
    "DELETE",
    "/v1/cards/{card_id}/bank-account",
    auth=wiring.citizen,
    errors=UNLINKING_BANK,
)
def unlink_bank_account(caller: Citizen, card_id: str) -> CardView:
    """Forget my card's bank account (level 1)."""
    return card_view(wiring.banking().unlink(caller, card_id))


@routes.on(
    "POST",
    "/v1/cards/{card_id}/codes",
    status=201,
    auth=wiring.citizen,
    errors=(*UNUSABLE, MandateEnded),
    repeatable=True,
)
def show_code(caller: Citizen, card_id: str) -> CodeView:
    """A fresh code to show at a counter."""
    shown = wiring.showing().show(caller, card_id)
    offline = shown.offline
    return CodeView(
        code=shown.code,
        expires_at=shown.expires_at,
        refresh_after=shown.refresh_after,
        offline_code=offline.code if offline else None,
        offline_expires_at=offline.expires_at if offline else None,
        spend_limit_fen=offline.spend_limit_fen if offline else None,
    )
