"""One use of a card: who read it, why, what they were told by name, and who showed it. Pure data and rules.

The entry holds names of attributes and never their values, so that reading the log tells nobody more than it must.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from chalicelib.cards.model.decoding import Attribute, BusinessType, Terminal
from chalicelib.types import Model


def _in_milliseconds(moment: datetime) -> datetime:
    """As we keep and tell it: a repetition says the same moment."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Kind(StrEnum):
    """How the card was used; it is also the presence token's `amr` (wire format 2.6)."""

    QR = "qr"
    OFFLINE_QR = "offline-qr"
    COUNTER = "counter"


class Relative(Model):
    """A family member who showed the card: by which mandate, and their masked name."""

    mandate_id: str
    holder: str


class Payment(Model):
    """What was paid with an offline code, and when it was shown."""

    presented_at: Annotated[AwareDatetime, AfterValidator(_in_milliseconds)]
    amount_fen: int


class Usage(Model):
    """One use. `signature` is the nonce of the request's signature, `shown_by` the account that showed the code."""

    id: str
    kind: Kind
    card_id: str
    institution_id: str
    institution_name: str
    key_id: str
    business_type: BusinessType
    attributes: tuple[Attribute, ...]
    terminal: Terminal
    signature: str
    decoded_at: AwareDatetime
    presence_id: str
    shown_by: str | None
    relative: Relative | None = None
    presented_at: AwareDatetime | None = None
    """When an offline code was shown; the entry came later."""
    amount_fen: int | None = None
    disputed_at: AwareDatetime | None = None
    spent_again: tuple[str, ...] = ()
    """The institutions that presented the same offline code afterwards."""

    @property
    def at(self) -> datetime:
        """When the card was used."""
        return self.presented_at or self.decoded_at

    def repeats(self, first: "Usage") -> bool:
        """Whether this is the request again that led to `first`: same institution, same key, same question."""
        return all(getattr(self, name) == getattr(first, name) for name in _QUESTION)


_QUESTION = ("institution_id", "kind", "business_type", "terminal", "presented_at", "amount_fen")
