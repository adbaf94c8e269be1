"""What a change of a card entails, as one transaction: the card, its owner's wallet, its person's claim, a notice.

Whoever changes a card builds its writes here, so that no two of these can ever tell different things.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.cards.errors import CardBusy
from chalicelib.cards.model.bureau import Word
from chalicelib.cards.model.card import FINAL, Card, CardStatus, reference
from chalicelib.cards.store.cards import CardStore
from chalicelib.identity.model.accounts import Role, WalletEntry
from chalicelib.identity.service.wallets import Wallets
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Contended, Write
from chalicelib.platform.outbox import Message, message
from chalicelib.platform.rounds import rounds

T = TypeVar("T")

_TRIES = 4
"""How often a change starts again from what stands, because another request was first."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of cards as write intents."""

    store: CardStore
    wallets: Wallets
    clock: Clock

    def of(self, after: Card, kind: str | None) -> list[Write]:
        """A card as it is from now on, and what follows; `kind` is the notice that its owner gets."""
        told = notices(after, {after.citizen_id: kind} if after.citizen_id and kind else {})
        freed = [self.store.release(after)] if after.status in FINAL else []
        stamped = after.stamped(int(self.clock().timestamp()))
        return [self.store.change(stamped, told), *self._wallet(after), *freed]

    def _wallet(self, card: Card) -> list[Write]:
        if card.citizen_id is None:
            return []
        if card.status is CardStatus.UNLINKED:
            return [self.wallets.drop(card.citizen_id, card.id)]
        return [self.wallets.carry(card.citizen_id, card.id, own_entry(card))]

    def forget(self, card: Card) -> list[Write]:
        """The bureau's word concerns this card no more; what it says of the physical one is kept."""
        word = self.store.word(card.physical_ref)
        if word is None or word.card_id != card.id:
            return []
        return [self.store.note(_without_card(word), word)]


def _without_card(word: Word) -> Word:
    return word.model_copy(update={"card_id": None})


def own_entry(card: Card) -> WalletEntry:
    """A card as its owner's wallet shows it."""
    return WalletEntry(
        reference=reference(card.id),
        role=Role.OWN,
        status=card.status,
        level=card.level,
        holder=card.holder,
        region=card.region,
    )


def notices(card: Card, kinds: Mapping[str, str]) -> list[Message]:
    """Account -> the kind of notice about this version of the card that it gets."""
    return [
        message("notices", "notice.send", card.id, card.version, citizen=citizen_id, kind=kind)
        for citizen_id, kind in kinds.items()
    ]


def settled(change: Callable[[], T]) -> T:
    """What `change` comes to: read, decide, write. It starts again where another request was first.

    Raises CardBusy where that happens again and again.
    """
    for _ in rounds(_TRIES):
        with suppress(CardBusy, Contended):
            return change()
    raise CardBusy
