"""Cards as items of the core table. A card lies under its reference, so that a code finds it with one read."""

from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.cards.errors import CardAlreadyBound
from chalicelib.cards.model.card import Card, CardStatus, Physical, reference
from chalicelib.errors import AppError
from chalicelib.platform.dynamo import Item, Table, Write
from chalicelib.platform.outbox import message
from chalicelib.types import rfc3339


def _card_key(card_reference: str) -> dict[str, str]:
    return {"pk": f"CARD#{card_reference}", "sk": "CARD"}


@dataclass(frozen=True, slots=True)
class CardStore:
    """Reads and write intents."""

    table: Table

    def bind(self, card: Card) -> list[Write]:
        """The card, and the claim that makes it the person's only one.

        A claim that names this very card means that an earlier try took effect.
        """

        def refused(standing: Item) -> AppError | None:
            ours = standing.get("card_id", standing.get("id")) == card.id
            return None if ours else CardAlreadyBound()

        item = _card_key(reference(card.id)) | card.model_dump() | {"bound_at": rfc3339(card.bound_at)}
        if card.citizen_id:
            item["outbox"] = [
                message("notices", "notice.send", card.id, citizen=card.citizen_id, kind="card-bound")
            ]
        claim = {"pk": f"PERSON#{card.person_id}", "sk": "CARD", "card_id": card.id}
        return [self.table.put(claim, refused), self.table.put(item, refused)]

    def find(self, card_reference: str) -> Card | None:
        """A card by its reference, as it stands this moment."""
        item = self.table.get(_card_key(card_reference), consistent=True)
        return _card(item) if item else None


def _card(item: Item) -> Card:
    fields = {name: item[name] for name in Card.model_fields}
    fields["status"] = CardStatus(item["status"])
    fields["physical"] = Physical(item["physical"])
    fields["bound_at"] = datetime.fromisoformat(item["bound_at"]).astimezone(UTC)
    return Card.model_validate(fields)
