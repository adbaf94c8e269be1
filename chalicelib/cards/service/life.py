"""What becomes of a card after it was bound: by its holder, by a relative who shows it, by the bureau's feed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.cards.errors import CardNotFound, CardNotOwn
from chalicelib.cards.model import life
from chalicelib.cards.model.bureau import Told, Word
from chalicelib.cards.model.card import FINAL, Card, Hold, Physical, reference
from chalicelib.cards.service.cards import Cards
from chalicelib.cards.service.changing import Changes, settled
from chalicelib.cards.store.cards import CardStore
from chalicelib.identity.model.accounts import Citizen, Role, WalletEntry
from chalicelib.identity.model.faces import Purpose
from chalicelib.identity.service.faces import Faces
from chalicelib.mandates.model.mandates import Action
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.dynamo import Write, commit, transact

_SUSPENDED = {
    Hold.LOST: "card-suspended",
    Hold.RISK: "card-suspended",
    Hold.NOT_ME: "card-suspended-not-me",
}
_MIRRORED = {
    Physical.ACTIVE: "card-released",
    Physical.LOST: "card-reported-lost",
    Physical.LOCKED: "card-locked",
    Physical.CANCELLED: "card-cancelled",
}


@dataclass(frozen=True, slots=True)
class Life:
    """Changes of cards."""

    store: CardStore
    cards: Cards
    changes: Changes
    faces: Faces
    mandates: Callable[[], Mandates]

    def suspend(self, citizen: Citizen, card_id: str, reason: Hold) -> Card:
        """Take a card out of use, at once: the next decode of any of its codes is refused.

        Needs no face, and whoever shows the card for a relative may do it too. A card that is suspended stays as it
        is. Raises CardNotFound, MandateNotFound, MandateEnded, ActionNotMandated, CardUnlinked, CardCancelled,
        CardBusy.
        """
        entry = citizen.account.wallet.get(card_id)
        if entry is None:
            raise CardNotFound
        if entry.role is Role.FAMILY:
            self.mandates().active(citizen, entry.mandate_id or "", Action.CARDS)
        owner = citizen if entry.role is Role.OWN else None
        return self.happen(owner, card_id, lambda card: life.suspend(card, reason), _SUSPENDED[reason])

    def suspension(self, card: Card, reason: Hold) -> list[Write]:
        """What suspends this card, for a transaction that does more; CardBusy where the card changed since.

        Nothing, for a card that ended; no change but the certainty that it is suspended, for one that is.
        """
        if card.status in FINAL:
            return []
        after = life.suspend(card, reason)
        return [self.store.unchanged(card)] if after is card else self.changes.of(after, _SUSPENDED[reason])

    def resume(self, citizen: Citizen, card_id: str, proof: str | None) -> Card:
        """Take one's own card back into use, at the level it had, with the face of its person.

        Raises CardNotFound, CardNotOwn, what `Faces.rely` raises, CardHeldByBureau, CardUnlinked, CardCancelled,
        CardBusy.
        """
        card = self.own(citizen, card_id)
        self.faces.rely(citizen, Purpose.CARD, proof, card.person_id)
        return self.happen(citizen, card_id, life.resume, "card-resumed")

    def unlink(self, citizen: Citizen, card_id: str, proof: str | None) -> None:
        """Give one's own card up, for good, with the face of its person; they may bind another at once.

        A relative's card, or one that was cancelled, only leaves the wallet, without a face. Raises CardNotFound,
        what `Faces.rely` raises, CardBusy.
        """
        entry = citizen.account.wallet.get(card_id)
        if entry is None:
            return self._was_unlinked(citizen, card_id)
        if entry.role is Role.FAMILY:
            return self._drop(citizen, card_id)
        card = self.own(citizen, card_id)
        if card.status in FINAL:
            return self._drop(citizen, card_id)
        self.faces.rely(citizen, Purpose.CARD, proof, card.person_id)
        self.happen(citizen, card_id, life.unlink, "card-unlinked")
        return None

    def _was_unlinked(self, citizen: Citizen, card_id: str) -> None:
        """A repetition: the card ended in this account. Raises CardNotFound for any other."""
        card = self.cards.known(card_id)
        if card.citizen_id != citizen.id or card.status not in FINAL:
            raise CardNotFound

    def _drop(self, citizen: Citizen, card_id: str) -> None:
        commit(self.changes.wallets.drop(citizen.id, card_id))
        log.event("card.dropped", card=card_id, citizen=citizen.id)

    def mirror(self, told: Mapping[str, object]) -> None:
        """Let a card follow its physical one: `told` is an event of the bureau's feed as the inbox keeps it.

        The highest version wins, whatever the order and however often; what is told of a card that nobody bound is
        kept for its binding. Raises CardBusy.
        """
        event = Told.model_validate(told)
        settled(lambda: self._mirror(event))

    def holder_of(self, physical_ref: str) -> str | None:
        """The person whose live card mirrors this physical one; None where nobody bound it."""
        word = self.store.word(physical_ref)
        card = self.store.find(reference(word.card_id)) if word and word.card_id else None
        return card.person_id if card else None

    def _mirror(self, event: Told) -> None:
        before = self.store.word(event.physical_ref)
        if before and event.version <= before.version:
            return log.event("card.word-stale", version=event.version, standing=before.version)
        card = self.store.find(reference(before.card_id)) if before and before.card_id else None
        after = life.mirror(card, event.status, event.version) if card else None
        writes: list[Write] = []
        if card and after and after is not card:
            kind = _MIRRORED[after.physical] if after.physical is not card.physical else None
            writes = self.changes.of(after, kind)
        live = after if after and after.status not in FINAL else None
        word = Word(
            physical_ref=event.physical_ref,
            status=event.status,
            version=event.version,
            card_id=live.id if live else None,
        )
        transact([self.store.note(word, before), *writes])
        log.event(
            "card.mirrored",
            card=card.id if card else None,
            physical=event.status,
            version=event.version,
            reason=event.reason,
        )
        return None

    def own(self, citizen: Citizen, card_id: str) -> Card:
        """The caller's own card. Raises CardNotFound, and CardNotOwn for a relative's."""
        entry: WalletEntry | None = citizen.account.wallet.get(card_id)
        if entry and entry.role is Role.FAMILY:
            raise CardNotOwn
        card = self.cards.known(card_id)
        if entry is None or card.citizen_id != citizen.id:
            raise CardNotFound
        return card

    def happen(self, citizen: Citizen | None, card_id: str, event: Callable[[Card], Card], kind: str) -> Card:
        """Let an event happen to the card as it stands; one that has happened already changes nothing.

        With a `citizen`, the card must still be in their account: it may have moved a moment ago. Raises what the
        event raises, CardNotFound, CardBusy.
        """

        def changed() -> Card:
            card = self.cards.known(card_id)
            if citizen and card.citizen_id != citizen.id:
                raise CardNotFound
            after = event(card)
            if after is not card:
                ended = self.changes.forget(after) if after.status in FINAL else []
                transact([*self.changes.of(after, kind), *ended])
                log.event("card.changed", card=card_id, notice=kind, status=after.status, level=after.level)
            return after

        return settled(changed)
