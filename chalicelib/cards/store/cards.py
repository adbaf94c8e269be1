"""Cards as items of the core table. A card lies under its reference, so that a code finds it with one read.

Beside it: the claim that makes it its person's only one, and the bureau's latest word about the physical card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.cards.errors import CardBusy
from chalicelib.cards.model.bureau import Word
from chalicelib.cards.model.card import FINAL, Card, Hold, Physical, reference
from chalicelib.errors import AppError
from chalicelib.platform.dynamo import ABSENT, Item, Table, Write
from chalicelib.platform.outbox import Message
from chalicelib.types import rfc3339


def _card_key(card_reference: str) -> dict[str, str]:
    return {"pk": f"CARD#{card_reference}", "sk": "CARD"}


def _claim_key(person_id: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": "CARD"}


def _word_key(physical_ref: str) -> dict[str, str]:
    return {"pk": f"PHYSICAL#{physical_ref}", "sk": "PHYSICAL"}


@dataclass(frozen=True, slots=True)
class CardStore:
    """Reads and write intents."""

    table: Table

    def find(self, card_reference: str) -> Card | None:
        """A card by its reference, as it stands this moment."""
        item = self.table.get(_card_key(card_reference), consistent=True)
        return _card(item) if item else None

    def of_person(self, person_id: str) -> Card | None:
        """The person's one live card, as it stands this moment.

        A card that ended let go of its claim in the same transaction: seeing it means that the claim is gone by now.
        """
        claim = self.table.get(_claim_key(person_id), consistent=True)
        card = self.find(reference(claim["card_id"])) if claim else None
        return card if card and card.status not in FINAL else None

    def bind(self, card: Card, messages: Sequence[Message] = ()) -> list[Write]:
        """A new card, and the claim that makes it the person's only one.

        Refused with CardBusy where the person has another by now. A claim that names this very card means that an
        earlier try took effect.
        """

        def refused(standing: Item) -> AppError | None:
            ours = standing.get("card_id", standing.get("id")) == card.id
            return None if ours else CardBusy()

        claim = _claim_key(card.person_id) | {"card_id": card.id}
        return [self.table.put(claim, refused), self.table.put(_item(card, messages), refused)]

    def change(self, card: Card, messages: Sequence[Message] = ()) -> Write:
        """A card as it is from now on, over the very version that it follows from; CardBusy where that is gone."""
        return self.table.put(_item(card, messages), CardBusy(), expect={"version": card.version - 1})

    def unchanged(self, card: Card) -> Write:
        """Let the transaction fail with CardBusy unless the card still stands as it was read."""
        return self.table.check(_card_key(reference(card.id)), CardBusy(), expect={"version": card.version})

    def release(self, card: Card) -> Write:
        """The person's claim ends with the card: they may bind another."""
        return self.table.delete(_claim_key(card.person_id), CardBusy(), expect={"card_id": card.id})

    def word(self, physical_ref: str) -> Word | None:
        """The bureau's latest word about a physical card, as it stands this moment."""
        item = self.table.get(_word_key(physical_ref), consistent=True)
        if item is None:
            return None
        fields = {name: item[name] for name in Word.model_fields if name in item}
        return Word.model_validate(fields | {"status": Physical(item["status"])})

    def note(self, word: Word, before: Word | None) -> Write:
        """The latest word, over the very one that was read; CardBusy where that is gone."""
        item = _word_key(word.physical_ref) | word.model_dump(exclude_none=True)
        return self.table.put(item, CardBusy(), expect=_as_read(before))


def _as_read(word: Word | None) -> dict[str, object] | None:
    if word is None:
        return None
    return {"version": word.version, "card_id": ABSENT if word.card_id is None else word.card_id}


def _item(card: Card, messages: Sequence[Message]) -> Item:
    item: Item = _card_key(reference(card.id)) | card.model_dump() | {"bound_at": rfc3339(card.bound_at)}
    return item | ({"outbox": list(messages)} if messages else {})


def _card(item: Item) -> Card:
    fields = {name: item[name] for name in Card.model_fields if name in item}
    fields["physical"] = Physical(item["physical"])
    fields["held"] = Hold(item["held"]) if item.get("held") else None
    fields["bound_at"] = datetime.fromisoformat(item["bound_at"]).astimezone(UTC)
    fields |= {name: tuple(item.get(name, ())) for name in ("moved_before", "stopped_before")}
    return Card.model_validate(fields)
