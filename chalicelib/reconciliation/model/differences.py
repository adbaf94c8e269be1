"""Where two sides differ, as data. `side` is who was compared with our ledger."""

from datetime import date
from typing import Literal

from chalicelib.reconciliation.model.movements import Direction, Movement
from chalicelib.types import Model

Side = Literal["platform", "hospital"]
Kind = Literal[
    "missing-at-platform",
    "missing-in-ledger",
    "amount-differs",
    "state-differs",
    "missing-at-hospital",
    "unknown-from-hospital",
    "hospital-silent",
]
"""`state-differs`: we know the order, or the refund, and it never came to this. `hospital-silent`: a hospital that
said nothing all day is one difference, not one for each of its orders."""


class Difference(Model):
    """One difference; a sum that a side does not have is None."""

    side: Side
    kind: Kind
    direction: Direction
    number: str
    order_id: str
    party: str = ""
    ours_fen: int | None = None
    theirs_fen: int | None = None

    def id(self, day: date) -> str:
        """The same at every run for the same difference."""
        whose = f"{self.side}.{self.party}" if self.party else self.side
        return f"{day.isoformat()}.{whose}.{self.kind}.{self.direction}.{self.number}"


def difference(side: Side, kind: Kind, ours: Movement | None, theirs: Movement | None) -> Difference:
    """The difference between what we say and what they say of one thing; one of the two may say nothing."""
    said = theirs or ours
    if said is None:
        raise ValueError("nobody said anything")
    return Difference(
        side=side,
        kind=kind,
        direction=said.direction,
        number=said.number,
        order_id=said.order_id,
        party=said.party,
        ours_fen=ours.amount_fen if ours else None,
        theirs_fen=theirs.amount_fen if theirs else None,
    )
