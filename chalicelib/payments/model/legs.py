"""Who bears a payment: the algebra of its legs. Pure data and sums.

The order of `NAMES` is the order in which money goes back: the citizen's own cash first, the pooled fund last.
"""

from typing import Literal, Self

from chalicelib.types import Fen, Model

Leg = Literal["cash", "acct", "other", "gov"]
LegState = Literal["none", "created", "success", "refund", "fail"]

NAMES: tuple[Leg, ...] = ("cash", "acct", "other", "gov")
INSURED: tuple[Leg, ...] = ("acct", "other", "gov")
"""The legs that the medical insurance bears."""


class Legs(Model):
    """Who bears how much, in fen: pooled fund, personal account, other funds, cash through the payment app."""

    gov: Fen = 0
    acct: Fen = 0
    other: Fen = 0
    cash: Fen = 0

    @property
    def total(self) -> int:
        """What all legs pay together."""
        return self.gov + self.acct + self.other + self.cash

    @property
    def insured(self) -> int:
        """What the medical insurance bears."""
        return self.gov + self.acct + self.other

    def of(self, leg: Leg) -> int:
        """One leg's amount."""
        amount: int = getattr(self, leg)
        return amount

    def less(self, taken: "Legs") -> Self:
        """What is left. ValidationError (a ValueError) where a leg would give more than it has."""
        return type(self)(**{leg: self.of(leg) - taken.of(leg) for leg in NAMES})

    def part(self, amount_fen: int) -> Self:
        """The legs that an amount goes back to. ValueError where it is more than all of them."""
        taken: dict[str, int] = {}
        for leg in NAMES:
            taken[leg] = min(self.of(leg), amount_fen - sum(taken.values()))
        if sum(taken.values()) != amount_fen:
            raise ValueError("more than the legs hold")
        return type(self)(**taken)
