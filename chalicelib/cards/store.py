"""Cards and their decoded codes as items of the core table.

A card lies under its reference, so that a code finds it with one read; each decoded code lies beside it under the
second of its minting, so that one conditional put makes it single-use and is the usage log's entry as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.cards.codes import Code
from chalicelib.cards.errors import CardAlreadyBound, CodeUsed
from chalicelib.cards.model import BusinessType, Card, CardStatus, Terminal, reference
from chalicelib.errors import AppError
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.platform.dynamo import Item, Table, Write, commit
from chalicelib.platform.outbox import message
from chalicelib.types import rfc3339

_SAME_REQUEST = ("institution_id", "business_type", *Terminal.model_fields)


def _card_key(card_reference: str) -> dict[str, str]:
    return {"pk": f"CARD#{card_reference}", "sk": "CARD"}


@dataclass(frozen=True, slots=True)
class CardStore:
    """Reads and write intents."""

    table: Table

    def bind(self, card: Card) -> list[Write]:
        """The card, the claim that makes it the person's only one, and its place in the account's list.

        A claim that names this very card means that an earlier try took effect.
        """

        def refused(standing: Item) -> AppError | None:
            ours = standing.get("card_id", standing.get("id")) == card.id
            return None if ours else CardAlreadyBound()

        item = _card_key(reference(card.id)) | card.model_dump() | {"bound_at": rfc3339(card.bound_at)}
        item["outbox"] = [
            message("notices", "notice.send", card.id, citizen=card.citizen_id, kind="card-bound")
        ]
        claim = {"pk": f"PERSON#{card.person_id}", "sk": "CARD", "card_id": card.id}
        entry = {"pk": f"CITIZEN#{card.citizen_id}", "sk": f"CARD#{card.id}", "card_id": card.id}
        return [
            self.table.put(claim, refused),
            self.table.put(item, refused),
            self.table.put(entry, refused),
        ]

    def find(self, card_reference: str) -> Card | None:
        """A card by its reference, as it stands this moment."""
        item = self.table.get(_card_key(card_reference), consistent=True)
        return _card(item) if item else None

    def ids_of(self, citizen_id: str) -> list[str]:
        """The ids of an account's cards."""
        items, _ = self.table.query(f"CITIZEN#{citizen_id}", prefix="CARD#")
        return [item["card_id"] for item in items]

    def use(
        self,
        code: Code,
        by: Institution,
        purpose: BusinessType,
        terminal: Terminal,
        seen: Sequence[str],
        presence_id: str,
        now: datetime,
    ) -> None:
        """Use a code up: one conditional put, which is the citizen's usage entry too.

        A repetition of the request that used it, signed anew, meets its own entry. Raises CodeUsed, and
        SignatureReplayed for that very request once more.
        """
        entry = {
            "pk": f"CARD#{code.reference}",
            "sk": f"CODE#{code.minted_at:010d}#{code.nonce:05d}",
            "institution_id": by.id,
            "business_type": purpose,
            "attributes": list(seen),
            "decoded_at": rfc3339(now),
            "presence_id": presence_id,
            "signature": by.nonce,
            **terminal.model_dump(),
        }

        def refused(standing: Item) -> AppError | None:
            if standing.get("presence_id") == presence_id:
                return None
            if any(standing.get(name) != entry[name] for name in _SAME_REQUEST):
                return CodeUsed()
            return SignatureReplayed() if standing.get("signature") == by.nonce else None

        commit(self.table.put(entry, refused))


def _card(item: Item) -> Card:
    fields = {name: item[name] for name in Card.model_fields}
    fields["status"] = CardStatus(item["status"])
    fields["bound_at"] = datetime.fromisoformat(item["bound_at"]).astimezone(UTC)
    return Card.model_validate(fields)
