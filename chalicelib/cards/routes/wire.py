"""Cards and codes as their owner's phone sees them: bodies and views. It must not know what becomes of them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.cards.model.card import Card, CardStatus, Hold
from chalicelib.identity.model.accounts import Role, WalletEntry
from chalicelib.types import Moment, Wire

Proof = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
"""A face verification's id or receipt; without one, what this session proved before serves."""
_Id = Annotated[str, Field(min_length=1, max_length=64)]


class BindCard(Wire):
    """Either the passed face verification of the person whose card it is, or the mandate of a family member.

    `move`: take the person's card out of another account, if it is there.
    """

    verification_id: _Id | None = None
    mandate_id: _Id | None = None
    move: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.verification_id is None) == (self.mandate_id is None):
            raise ValueError("give exactly one of verificationId and mandateId")
        if self.move and self.mandate_id:
            raise ValueError("a family member's card is carried, not moved")
        return self


class SuspendCard(Wire):
    """Why the card is taken out of use. A use by somebody else is said of that use, and suspends the card too."""

    reason: Literal["lost", "risk"] = "lost"


class ProveFace(Wire):
    """The card holder's face, for a step that only they may take."""

    verification_id: Proof | None = None


class LinkBankAccount(Wire):
    """The phone number on file at the card's bank, and the card holder's face."""

    phone: Annotated[str, Field(pattern=r"^1[3-9]\d{9}$", repr=False)]
    verification_id: Proof | None = None


class CardView(Wire):
    """A card, masked. `role` says whether it is one's own or carried for family, `held` who suspended it and why."""

    id: str
    status: CardStatus
    level: int
    holder: str
    number_masked: str
    id_number_masked: str
    region: str
    bound_at: Moment
    version: int
    held: Hold | None
    role: Role
    mandate_id: str | None
    bank_masked: str | None


class CardList(Wire):
    """All of an account's cards; there are never more than a family has."""

    items: list[CardView]
    cursor: None = None


class CodeView(Wire):
    """A code to show as a QR; never trim it, a space may be its last character.

    `offlineCode` is for a counter without a network, and there for an own card of level 2 alone.
    """

    code: str
    expires_at: Moment
    refresh_after: Moment
    offline_code: str | None
    offline_expires_at: Moment | None
    spend_limit_fen: int | None


_OF_THE_CARD = ("id", "status", "level", "holder", "number_masked", "id_number_masked", "region", "bound_at")


def card_view(card: Card, entry: WalletEntry | None = None) -> CardView:
    """A card as the wallet's entry shows it; without an entry, it is one's own. A relative's bank is not told."""
    own = entry is None or entry.role is Role.OWN
    return CardView(
        **{name: getattr(card, name) for name in _OF_THE_CARD},
        version=card.version,
        held=card.held,
        role=Role.OWN if own else Role.FAMILY,
        mandate_id=entry.mandate_id if entry else None,
        bank_masked=card.bank_masked if own else None,
    )
