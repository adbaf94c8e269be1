"""Some of an order's money on its way back. Pure data."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import model_validator

from chalicelib.payments.model.legs import Legs
from chalicelib.types import Fen, Model

REFUND_RETRY_AFTER = timedelta(seconds=30)
REFUND_KNOWN_AFTER = timedelta(seconds=10)
"""Before that, a refund that the payment app cannot find may still be under way there."""
MOST_REFUND_TRIES = 20
"""After so many tries a refund is a case for a human."""


class Refund(Model):
    """Some of an order's money on its way back. `cause` names why, so that one cause gives back once.

    `asked_at` are Unix seconds; `number` is the payment app's `out_request_no` and the insurer's request number, the
    same at every try. Its two halves, cash and what the insurance bears, go back each at its own pace.
    """

    number: str
    amount_fen: Fen
    legs: Legs
    status: Literal["asked", "returned", "stuck"] = "asked"
    asked_at: int
    cause: str = ""
    retried: bool = False
    """It was stuck, and a human had it tried again."""
    voids: bool = False
    """The settlement's outcome was never known: it is reversed as a whole, beside the cash that goes back."""
    cash_back: bool = False
    insured_back: bool = False

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.legs.total != self.amount_fen:
            raise ValueError("the legs of a refund do not add up to its amount")
        return self

    @property
    def owes_cash(self) -> bool:
        """Cash has still to go back."""
        return self.legs.cash > 0 and not self.cash_back

    @property
    def owes_insured(self) -> bool:
        """The insurer has still to reverse."""
        return (self.legs.insured > 0 or self.voids) and not self.insured_back
