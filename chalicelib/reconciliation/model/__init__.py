"""What two sides say about one day's money, and where they differ. Pure data and rules."""

from chalicelib.reconciliation.model.movements import Direction, Movement, by_key

__all__ = ["Direction", "Movement", "by_key"]
