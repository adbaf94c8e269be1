"""The bureau's register of physical cards: each card's state and its version. It must not know who is told."""

from pydantic import BaseModel

from sandbox.people import CardStatus, Person
from sandbox.shelf import Shelf

KIND = "physical-card"
DECEASED = "deceased"


class PhysicalCard(BaseModel):
    """How it stands with one card: every change of it has the next version."""

    status: CardStatus
    version: int
    reason: str | None = None


class PhysicalCards:
    """Everybody's card; what was never changed is as it was issued."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def of(self, person: Person) -> PhysicalCard | None:
        """The person's card; None for somebody who is not insured and has none."""
        if not person.insured:
            return None
        document = self._shelf.get(KIND, person.user_id)
        return PhysicalCard.model_validate(document) if document else _issued(person)

    def change(self, person: Person, status: CardStatus, reason: str | None) -> PhysicalCard | None:
        """The card after the change; None for somebody who has none."""
        with self._shelf.change():
            before = self.of(person)
            if before is None:
                return None
            after = PhysicalCard(status=status, version=before.version + 1, reason=reason)
            self._shelf.put(KIND, person.user_id, after.model_dump())
        return after

    def deceased(self, person: Person) -> bool:
        """Whether the person has died, as far as is on file."""
        card = self.of(person)
        return person.deceased or (card is not None and card.reason == DECEASED)


def _issued(person: Person) -> PhysicalCard:
    """A card that is not active any more was changed once since it was issued."""
    version = 1 if person.card_status == "active" else 2
    return PhysicalCard(
        status=person.card_status, version=version, reason=DECEASED if person.deceased else None
    )
