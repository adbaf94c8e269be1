"""What citizens do with their own cards: bind, move, suspend, resume, unlink, link a bank account, show a code."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tests.property.by_citizens import Proof, by, sent, token_of
from tests.property.deeds import Answer, Ready, Stage
from tests.property.facts import Card, Code, Problem
from tests.property.ideal import Ideal

Event = Callable[[Ideal, Card], None]
FOREIGN_NUMBER = "13800000000"
"""A phone number that no bank has on file."""


def card_of(stage: Stage, phone: int, older: int) -> int | None:
    """A card that the phone asks about: its newest first, then what it carries, then anybody's (`older` from 1)."""
    found = _cards(stage, phone)
    return found[older] if older < len(found) else None


def older_of(stage: Stage, phone: int, place: int) -> int:
    """By which number the phone asks about a card."""
    return _cards(stage, phone).index(place)


def _cards(stage: Stage, phone: int) -> list[int | None]:
    cards = stage.ideal.cards
    mine: list[int | None] = [place for place, card in enumerate(cards) if card.owner == phone]
    carried = [place for at, place in stage.ideal.carried if at == phone]
    return [*(mine[::-1] or [None]), *carried, *range(len(cards))]


@dataclass(frozen=True)
class Bind:
    """Bring the card of the person whose face was scanned to this phone."""

    phone: int
    person: int
    move: bool
    proof: Proof

    def ready(self, stage: Stage) -> Ready | None:
        token = token_of(stage, self.phone)
        scan_id = self.proof.scan(stage, self.phone, self.person, "bind-card")
        if scan_id is None:
            return None
        person = stage.ideal.scans[scan_id].person
        told = stage.town.people[person]

        def bound(ideal: Ideal) -> None:
            scan = ideal.rely(token.session, "bind-card", scan_id, None)
            ideal.bind(self.phone, scan_id, scan, (told.status, told.version), move=self.move)

        body = {"verificationId": scan_id, "move": self.move}
        return Ready(
            f"bind the card of {person} on {self.phone}{', moving it' if self.move else ''}",
            send=partial(sent, stage.town.call(token, "POST", "/v1/cards", body)),
            ought=by(token, bound),
            learn=partial(learn_card, person),
        )


def learn_card(person: int, ideal: Ideal, answer: Answer) -> None:
    """The id of the card that was made, if one was; else it is one that the person has."""
    cards = [card for card in ideal.cards if card.person == person]
    for card in cards:
        card.id = card.id or answer.json["id"]
    assert [card.id for card in cards].count(answer.json["id"]) == 1


@dataclass(frozen=True)
class Suspend:
    """Take a card out of use."""

    phone: int
    older: int
    reason: str

    def ready(self, stage: Stage) -> Ready | None:
        return _upon(
            stage, self, "POST", "/suspend", {"reason": self.reason}, Ideal.suspend, whose=Ideal.at_hand
        )


@dataclass(frozen=True)
class Resume:
    """Take it back into use, with a face."""

    phone: int
    older: int
    proof: Proof

    def ready(self, stage: Stage) -> Ready | None:
        proved = _proved(stage, self)
        if proved is None:
            return None
        scan_id, shown = proved

        def resumed(ideal: Ideal, card: Card) -> None:
            shown(ideal, card)
            ideal.resume(card)

        return _upon(stage, self, "POST", "/resume", {"verificationId": scan_id}, resumed)


@dataclass(frozen=True)
class LinkBank:
    """Link the bank account, by the number on file or by another, with a face."""

    phone: int
    older: int
    matching: bool
    proof: Proof

    def ready(self, stage: Stage) -> Ready | None:
        proved = _proved(stage, self)
        if proved is None:
            return None
        scan_id, shown = proved
        place = card_of(stage, self.phone, self.older) or 0
        number = stage.town.people[stage.ideal.cards[place].person].phone

        def linked(ideal: Ideal, card: Card) -> None:
            card.linkable()
            shown(ideal, card)
            if not self.matching:
                raise Problem("phone-not-matched")
            card.bank = True

        body = {"phone": number if self.matching else FOREIGN_NUMBER, "verificationId": scan_id}
        return _upon(stage, self, "POST", "/bank-account", body, linked)


@dataclass(frozen=True)
class UnlinkBank:
    """Forget the bank account."""

    phone: int
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        def unlinked(_: Ideal, card: Card) -> None:
            card.linkable()
            card.bank = False

        return _upon(stage, self, "DELETE", "/bank-account", None, unlinked)


@dataclass(frozen=True)
class Unlink:
    """Give a card up for good, with a face; one that ended only leaves the wallet."""

    phone: int
    older: int
    proof: Proof

    def ready(self, stage: Stage) -> Ready | None:
        proved = _proved(stage, self)
        place = card_of(stage, self.phone, self.older)
        if proved is None or place is None:
            return None
        scan_id, shown = proved
        token = token_of(stage, self.phone)

        def given_up(ideal: Ideal) -> None:
            card = ideal.cards[place]
            if ideal.carried.pop((self.phone, place), None) is not None:
                return
            if card.owner != self.phone:
                raise Problem("card-not-found")
            if not card.ended:
                shown(ideal, card)
                ideal.give_up(card)
            card.in_wallet = False

        path = f"/v1/cards/{stage.ideal.cards[place].id}" + (f"?verificationId={scan_id}" if scan_id else "")
        return Ready(
            f"{self}",
            send=partial(sent, stage.town.call(token, "DELETE", path)),
            ought=by(token, given_up),
        )


@dataclass(frozen=True)
class ShowCode:
    """Show a fresh code of a card: one's own, or one that is carried."""

    phone: int
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        place = card_of(stage, self.phone, self.older)
        if place is None:
            return None
        mandate = stage.ideal.carried.get((self.phone, place))
        learn = partial(learn_code, self.phone, place, mandate)

        def showable(ideal: Ideal, card: Card) -> None:
            lying = ideal.carried.get((self.phone, place))
            if lying is None:
                card.usable()
            elif "cards" not in ideal.mandates[lying].actions:
                raise Problem("action-not-mandated")

        def check(ideal: Ideal, answer: Answer) -> None:
            """A code for counters without a network comes with an own card of level 2 alone."""
            paying = ideal.cards[place].bank and mandate is None
            assert bool(answer.json["offlineCode"]) == paying

        ready = _upon(stage, self, "POST", "/codes", None, showable, learn, whose=Ideal.at_hand)
        return replace(ready, check=check) if ready else None


def learn_code(phone: int, place: int, mandate: int | None, ideal: Ideal, answer: Answer) -> None:
    """The codes that were shown."""
    told = answer.json
    for kind, code in (("qr", told["code"]), ("offline-qr", told["offlineCode"])):
        if code:
            ideal.codes.setdefault(code, Code(kind, place, ideal.now, phone, mandate))


def _proved(
    stage: Stage, deed: Resume | LinkBank | Unlink
) -> tuple[str | None, Callable[[Ideal, Card], object]] | None:
    """A face for a step about a card, and how the ideal checks it; None where there is no card."""
    place = card_of(stage, deed.phone, deed.older)
    if place is None:
        return None
    token = token_of(stage, deed.phone)
    scan_id = deed.proof.scan(stage, deed.phone, stage.ideal.cards[place].person, "card")
    return scan_id, lambda ideal, card: ideal.rely(token.session, "card", scan_id, card.person)


def _upon(
    stage: Stage,
    deed: Suspend | Resume | LinkBank | UnlinkBank | ShowCode,
    method: str,
    path: str,
    body: object,
    event: Event,
    learn: Callable[[Ideal, Answer], None] = lambda ideal, answer: None,
    whose: Callable[[Ideal, int, int], Card] = Ideal.own,
) -> Ready | None:
    """A request about a card in the caller's wallet."""
    token, place = token_of(stage, deed.phone), card_of(stage, deed.phone, deed.older)
    if place is None:
        return None
    address = f"/v1/cards/{stage.ideal.cards[place].id}{path}"
    return Ready(
        f"{deed} (card {place})",
        send=partial(sent, stage.town.call(token, method, address, body)),
        ought=by(token, lambda ideal: event(ideal, whose(ideal, deed.phone, place))),
        learn=learn,
    )
