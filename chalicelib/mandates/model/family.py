"""The slots of one agent's family: how many of each relation, and which are free. Pure data and rules.

A slot whose mandate has come to its end is free from that second on; nobody needs to clear it first.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from chalicelib.mandates.errors import FamilySlotsFull, MandateExists
from chalicelib.mandates.model.mandates import Mandate, Relation
from chalicelib.types import Model

Slots = Mapping[Relation, int]
"""How many members of each relation an agent may have."""


def parse_slots(text: str) -> dict[Relation, int]:
    """The slots that a deployment offers, such as `elder=4,child=3,spouse=1,other=2`.

    ValueError where a relation is missing, named twice or unknown, or a number is none: a fault of deployment.
    """
    pairs = [each.partition("=") for each in text.split(",")]
    slots = {Relation(name.strip()): int(count) for name, _, count in pairs}
    if len(pairs) != len(slots) or set(slots) != set(Relation) or min(slots.values()) < 0:
        raise ValueError("family slots must give each relation one number, 0 or more")
    return slots


class Claimed(Model):
    """A slot in use until `until` (Unix seconds), by which mandate, for whom."""

    mandate_id: str
    member_person_id: str
    until: int


class Family(Model):
    """An agent's slots in use, by name (`elder#1`); `version` counts their changes, 0 while there are none."""

    claimed: dict[str, Claimed] = Field(default_factory=dict)
    version: int = 0

    def standing(self, now: datetime) -> dict[str, Claimed]:
        """The slots whose mandate has not come to its end."""
        return {slot: each for slot, each in self.claimed.items() if each.until > now.timestamp()}

    def used(self, relation: Relation, now: datetime) -> int:
        """How many members of a relation the agent has."""
        return sum(_relation(slot) == relation for slot in self.standing(now))

    def claim(self, mandate: Mandate, slots: Slots, now: datetime) -> tuple[str, "Family"]:
        """A free slot for this mandate and the family that has it. Raises MandateExists, FamilySlotsFull."""
        standing = self.standing(now)
        if any(each.member_person_id == mandate.member_person_id for each in standing.values()):
            raise MandateExists
        if self.used(mandate.relation, now) >= slots[mandate.relation]:
            raise FamilySlotsFull
        slot = _first_free(mandate.relation, standing)
        claimed = Claimed(
            mandate_id=mandate.id,
            member_person_id=mandate.member_person_id,
            until=int(mandate.until.timestamp()),
        )
        return slot, Family(claimed=standing | {slot: claimed}, version=self.version + 1)

    def released(self, mandate: Mandate) -> "Family | None":
        """The family without this mandate; None where it has no slot any more."""
        left = {slot: each for slot, each in self.claimed.items() if each.mandate_id != mandate.id}
        return Family(claimed=left, version=self.version + 1) if len(left) < len(self.claimed) else None


def _first_free(relation: Relation, standing: Mapping[str, Claimed]) -> str:
    # A deployment that offers fewer slots than before leaves higher numbers in use: they count, they do not block.
    numbered = (f"{relation}#{number}" for number in range(1, len(standing) + 2))
    return next(slot for slot in numbered if slot not in standing)


def _relation(slot: str) -> str:
    return slot.partition("#")[0]
