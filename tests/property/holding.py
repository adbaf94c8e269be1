"""What ought to come of what holders, relatives and the bureau do to cards and mandates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.property.facts import SLOTS, UNUSABLE, Card, Mandate, Problem, Scan
from tests.property.state import State


class Holding(State):
    """What holders, relatives and the bureau may do to cards and mandates."""

    # -- cards
    def bind(self, phone: int, scan_id: str, scan: Scan, physical: tuple[str, int], *, move: bool) -> None:
        """The person's one live card comes to this phone: a new one, or from where it was."""
        if self.known.get(phone, scan.person) != scan.person:
            raise Problem("verification-person")
        place = self.live(scan.person)
        if place is None:
            word, version = physical
            if word != "active":
                raise Problem(f"physical-card-{word}")
            self.told(scan.person, word, version)
            self.cards.append(Card(scan.person, phone, word, version, bound_by=scan_id))
            self.known[phone] = scan.person
            return
        card = self.cards[place]
        here = card.owner == phone
        if here and (move or card.bound_by == scan_id):
            return
        if here or not (move or card.owner is None):
            raise Problem("card-already-bound")
        if card.owner is not None:
            card.moves.append(self.now)
        card.owner, card.bound_by, self.known[phone] = phone, scan_id, scan.person

    def own(self, phone: int, place: int) -> Card:
        """One's own card, while it lies in the wallet."""
        found = self.cards[place]
        if (phone, place) in self.carried:
            raise Problem("card-not-own")
        if found.owner != phone or not found.in_wallet:
            raise Problem("card-not-found")
        return found

    def at_hand(self, phone: int, place: int) -> Card:
        """One's own card, or a relative's while its mandate stands."""
        mandate = self.carried.get((phone, place))
        if mandate is None:
            return self.own(phone, place)
        if self.mandates[mandate].until <= self.now:
            raise Problem("mandate-ended")
        return self.cards[place]

    def suspend(self, card: Card) -> None:
        if card.ended:
            raise Problem(UNUSABLE[card.status])
        with self._stamped(card):
            card.reported = True

    def resume(self, card: Card) -> None:
        card.free_of_holds()
        card.reported = False

    def give_up(self, card: Card) -> None:
        with self._stamped(card):
            card.given_up = True

    @contextmanager
    def _stamped(self, card: Card) -> Iterator[None]:
        """Note when a card goes out of use."""
        before = card.status
        yield
        if before == "bound" != card.status:
            card.stops.append(self.now)

    # -- the bureau
    def told(self, person: int, word: str, version: int) -> None:
        """A line of the feed, or a fact: of all that were told, the highest version counts."""
        if version > self.words.get(person, ("", 0))[1]:
            self.words[person] = (word, version)
        place = self.live(person)
        if place is not None and version > self.cards[place].version:
            with self._stamped(self.cards[place]):
                self.cards[place].word, self.cards[place].version = word, version

    # -- family
    def grant(self, wanted: Mandate, consented: Scan) -> None:
        """The member (a child under 16: the guardian) showed a face on the agent's phone."""
        if consented.person == wanted.agent and wanted.relation != "child":
            raise Problem("mandate-to-oneself")
        for each in self.mandates:
            if (each.scan, each.member) == (wanted.scan, wanted.member):
                if not each.stands(self.now):
                    raise Problem("mandate-ended")
                if each.wish != wanted.wish:
                    raise Problem("mandate-exists")
                return
        mine = [each for each in self.mandates if each.agent == wanted.agent and each.stands(self.now)]
        if any(each.member == wanted.member for each in mine):
            raise Problem("mandate-exists")
        if [each.relation for each in mine].count(wanted.relation) >= SLOTS[wanted.relation]:
            raise Problem("family-slots-full")
        self.mandates.append(replace(wanted))

    def carry(self, phone: int, place: int, physical: tuple[str, int]) -> None:
        """The member's card comes into the agent's wallet: the one they have, or a new one in nobody's account."""
        mandate = self.mandates[place]
        if mandate.phone != phone:
            raise Problem("mandate-not-found")
        mandate.require(self.now, "cards", "appointments")
        card = self.live(mandate.member)
        if card is None:
            word, version = physical
            if word != "active":
                raise Problem(f"physical-card-{word}")
            self.told(mandate.member, word, version)
            card = len(self.cards)
            self.cards.append(Card(mandate.member, None, word, version, bound_by=mandate.id))
        if mandate.card is not None and mandate.card != card:
            self.carried.pop((phone, mandate.card), None)
        mandate.card = card
        self.carried[phone, card] = place

    def revoke(self, phone: int, place: int) -> None:
        """Either side ends it at once."""
        mandate = self.mandates[place]
        if self.known.get(phone) not in {mandate.agent, mandate.member}:
            raise Problem("mandate-not-found")
        if mandate.stands(self.now):
            self._close(place)

    def sweep(self) -> None:
        """Mandates whose time is over are closed."""
        for place, mandate in enumerate(self.mandates):
            if not mandate.closed and mandate.until <= self.now:
                self._close(place)

    def _close(self, place: int) -> None:
        self.mandates[place].closed = True
        self.carried = {key: each for key, each in self.carried.items() if each != place}
