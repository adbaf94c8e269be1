"""What the social-security bureau says of a person and their physical card. Pure data and rules."""

from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.cards.errors import (
    PhysicalCardCancelled,
    PhysicalCardLocked,
    PhysicalCardLost,
)
from chalicelib.cards.model.card import Physical
from chalicelib.errors import Conflict
from chalicelib.identity.errors import PersonDeceased
from chalicelib.types import Model, Wire

_REFUSED: dict[Physical, type[Conflict]] = {
    Physical.LOST: PhysicalCardLost,
    Physical.LOCKED: PhysicalCardLocked,
    Physical.CANCELLED: PhysicalCardCancelled,
}


class Word(Model):
    """The bureau's latest word about a physical card, bound (`card_id`) or not; the highest version is the latest."""

    physical_ref: str
    status: Physical
    version: int
    card_id: str | None = None


class Insured(Wire):
    """The fact `insured-person`. What else the department may say of the person is left unread."""

    model_config = ConfigDict(extra="ignore")

    card_number: Annotated[str, Field(min_length=5, max_length=32, repr=False)]
    region: Annotated[str, Field(pattern=r"^\d{6}$")]
    card_status: Annotated[Physical, Field(strict=False)]
    card_version: Annotated[int, Field(ge=1)]
    deceased: bool

    @property
    def number_masked(self) -> str:
        """`A1****78`."""
        return f"{self.card_number[:2]}****{self.card_number[-2:]}"

    def require_bindable(self) -> None:
        """Raises PersonDeceased, PhysicalCardLost, PhysicalCardLocked or PhysicalCardCancelled."""
        if self.deceased:
            raise PersonDeceased
        if self.card_status in _REFUSED:
            raise _REFUSED[self.card_status]


class Told(Model):
    """An event of the bureau's feed as the inbox keeps it: a keyed hash stands for the card's number."""

    physical_ref: str
    version: int
    status: Annotated[Physical, Field(strict=False)]
    reason: str | None = None


class BankAccount(Wire):
    """The fact `bank-account`: the judgement of a claimed phone number, and the account, masked."""

    model_config = ConfigDict(extra="ignore")

    active: bool
    phone_matches: bool
    bank: Annotated[str, Field(min_length=1, max_length=64)]
    account_masked: Annotated[str, Field(min_length=1, max_length=64)]
