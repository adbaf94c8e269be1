"""What the medical insurance bears of an order: the pre-settlement, and how far it has become a settlement. Pure data.

A pre-settlement (预结算) only says who would bear what; nothing moves before the settlement (结算) that confirms it.
"""

from typing import Literal

from pydantic import Field

from chalicelib.payments.model.legs import Legs
from chalicelib.types import Model

INSURER = "medical-insurance"
"""The party's name in the registry of departments: address and key stand there."""

Note = Literal["insurer-unavailable", "not-insured", "card-not-usable", "insurer-refused", "not-settled"]
"""Why the insurance bears nothing although the citizen wanted it; `not-settled`: the cash was there already."""
Standing = Literal["quoted", "settled", "refused", "abandoned"]
"""`abandoned`: nobody knew the settlement's outcome in time, so it is reversed, whatever it was."""
Outcome = Literal["settled", "refused", "absent"]
"""What became of a settlement; `absent`: the insurer never heard of it."""


class Insured(Model):
    """Whose insurance. For use within one request, never stored or logged like this."""

    person_id: str
    card_number: str = Field(repr=False)
    region: str


class Quote(Model):
    """The insurer's answer to a pre-settlement. `valid_until` are Unix seconds; `digest` names exactly this split."""

    id: str
    digest: str
    legs: Legs
    valid_until: int


class Declined(Model):
    """The insurer's answer where it bears nothing."""

    note: Note


class Insurance(Model):
    """The insurance's part in an order: which pre-settlement the order goes by, and what became of it."""

    quote_id: str
    digest: str
    valid_until: int
    standing: Standing = "quoted"

    @property
    def bears(self) -> bool:
        """Whether its legs are still meant to be paid."""
        return self.standing in {"quoted", "settled"}
