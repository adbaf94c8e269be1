"""What ought to be: sessions, scans, cards, codes and mandates as issue and machine tell of them, nothing of how.

Every deed gives the code of the problem that ought to be answered, or OK, and changes the ideal accordingly. People,
phones, sessions, cards and mandates are numbers here; their ids are learnt from answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

OK = "ok"
TOKEN_LIFE, REPEAT_LIFE, SESSION_LIFE = 1800, 60, 30 * 86400
SCAN_LIFE = 1800
CODE_LIFE, OFFLINE_LIFE = 60, 24 * 3600
DAY = REDEEM_WITHIN = 86400
AHEAD = 30
SPEND_LIMIT = 20_000
SLOTS = {"elder": 4, "child": 3, "spouse": 1, "other": 2}
UNUSABLE = {each: f"card-{each}" for each in ("suspended", "locked", "unlinked", "cancelled")}


class Problem(Exception):
    """What ought to be answered instead of OK. Nothing of the deed happens."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Session:
    """A login. `scans` are what was proved in it: the purpose's last scan."""

    phone: int
    ends: int
    refreshed: int
    generation: int = 0
    over: bool = False
    scans: dict[str, str] = field(default_factory=dict)


@dataclass
class Scan:
    """A passed face scan."""

    phone: int
    session: str
    person: int
    purpose: str
    until: int


@dataclass
class Card:
    """A card of a person; `owner` is the phone that has it, None where only family shows it."""

    person: int
    owner: int | None
    word: str
    version: int
    bound_by: str
    id: str = ""
    reported: bool = False
    given_up: bool = False
    bank: bool = False
    in_wallet: bool = True
    stops: list[int] = field(default_factory=list)
    """When it went out of use."""
    moves: list[int] = field(default_factory=list)
    """When it left a phone for another: a code of that second or before is dead."""

    @property
    def status(self) -> str:
        if self.word == "cancelled":
            return "cancelled"
        if self.given_up:
            return "unlinked"
        if self.word == "locked":
            return "locked"
        return "suspended" if self.word == "lost" or self.reported else "bound"

    @property
    def ended(self) -> bool:
        return self.status in {"unlinked", "cancelled"}

    @property
    def level(self) -> int:
        return 2 if self.bank else 1

    def usable(self) -> None:
        if self.status != "bound":
            raise Problem(UNUSABLE[self.status])

    def linkable(self) -> None:
        """What wants a card in use."""
        self.free_of_holds()
        if self.reported:
            raise Problem("card-transition-refused")

    def free_of_holds(self) -> None:
        """What wants a card that lives, and that the bureau does not hold."""
        if self.ended:
            raise Problem(UNUSABLE[self.status])
        if self.word != "active":
            raise Problem("card-held-by-bureau")


@dataclass
class Mandate:
    """A person lets an agent act for them, in the agent's account on this phone."""

    agent: int
    phone: int
    member: int
    relation: str
    actions: tuple[str, ...]
    until: int
    scan: str
    id: str = ""
    closed: bool = False
    card: int | None = None
    """The card that the agent carries by it."""

    @property
    def wish(self) -> tuple[object, ...]:
        return self.relation, self.actions, self.until

    def require(self, now: int, *actions: str) -> None:
        """That it stands, and covers one of these."""
        if not self.stands(now):
            raise Problem("mandate-ended")
        if not set(actions) & set(self.actions):
            raise Problem("action-not-mandated")

    def stands(self, now: int) -> bool:
        return not self.closed and now < self.until


@dataclass
class Code:
    """A code that was shown, and what used it up."""

    kind: str
    card: int
    minted_at: int
    phone: int
    mandate: int | None = None
    use: "Use | None" = None
    used_at: int = 0
    presented: int | None = None
    """When an offline code was shown, as its counter told afterwards."""
    signatures: set[str] = field(default_factory=set)
    """Of every request that was answered: each serves once."""
    disputed: bool = False


@dataclass(frozen=True)
class Use:
    """A terminal's request: what it asked, and the signature by which it came."""

    party: int
    business_type: str
    asked: str
    signature: str


@dataclass
class Ideal:
    """The town as it ought to be."""

    now: int
    sessions: dict[str, Session] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    mandates: list[Mandate] = field(default_factory=list)
    carried: dict[tuple[int, int], int] = field(default_factory=dict)
    """Phone and card -> the mandate by which it lies in the wallet."""
    codes: dict[str, Code] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    """Phone -> whose it is, once a card was bound there."""
    words: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Person -> what we were told of the physical card: the word of the highest version."""

    def live(self, person: int) -> int | None:
        """The person's one live card."""
        found = [place for place, card in enumerate(self.cards) if card.person == person and not card.ended]
        assert len(found) <= 1
        return found[0] if found else None

    def edges(self) -> list[int]:
        """The moments to come at which something is over."""
        codes = list(self.codes.values())[-1:]
        ends = [each.minted_at + (CODE_LIFE if each.kind == "qr" else OFFLINE_LIFE) for each in codes]
        ends += [each.until for each in self.mandates if not each.closed]
        ends += [(self.now // DAY + 1) * DAY]
        return sorted(each for each in ends if each > self.now + 1)

    # -- sessions
    def logged_in(self, phone: int, session: str) -> None:
        self.sessions[session] = Session(phone, self.now + SESSION_LIFE, self.now)

    def standing(self, session: str, token_until: int) -> Session:
        """The session of a token."""
        found = self.sessions[session]
        if token_until <= self.now:
            raise Problem("token-expired")
        if found.over or found.ends <= self.now:
            raise Problem("session-ended")
        return found

    def refresh(self, session: str, generation: int) -> None:
        found = self.sessions[session]
        if found.over or found.ends <= self.now:
            raise Problem("session-ended")
        if found.generation == generation:
            found.generation, found.refreshed = generation + 1, self.now
        elif found.generation != generation + 1 or self.now - found.refreshed > REPEAT_LIFE:
            found.over = True
            raise Problem("refresh-token-reused")

    def log_out(self, *sessions: str) -> None:
        for each in sessions:
            self.sessions[each].over = True

    # -- faces
    def scanned(self, scan_id: str, scan: Scan) -> None:
        """A scan that passed, kept with the session."""
        if scan_id in self.scans:
            return
        self.scans[scan_id] = scan
        self.sessions[scan.session].scans[scan.purpose] = scan_id

    def rely(self, session: str, purpose: str, scan_id: str | None, person: int | None) -> Scan:
        """The scan that serves a step of `purpose`: the one that is named, or one that this session proved."""
        kept = self.sessions[session].scans
        if scan_id is not None:
            return self._serves(self.scans[scan_id], session, purpose, person)
        for each in (purpose, "identity"):
            if each in kept:
                try:
                    return self._serves(self.scans[kept[each]], session, purpose, person)
                except Problem:
                    continue
        raise Problem("face-required")

    def _serves(self, scan: Scan, session: str, purpose: str, person: int | None) -> Scan:
        if scan.until <= self.now:
            raise Problem("verification-expired")
        if scan.phone != self.sessions[session].phone:
            raise Problem("verification-not-found")
        if scan.purpose not in {purpose, "identity"}:
            raise Problem("verification-purpose")
        if scan.session != session:
            raise Problem("verification-session")
        if person is not None and scan.person != person:
            raise Problem("verification-person")
        return scan

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

    # -- codes
    def decode(self, code: str, use: Use) -> None:
        """The first request uses a code up; that request again, signed anew, has the same answer."""
        shown = self.codes[code]
        if shown.kind == "qr":
            self._online(shown)
        else:
            self._offline(shown)
        self._use(shown, use)

    def redeem(self, code: str, use: Use, presented: int, amount: int) -> None:
        """What a counter took without a network, told afterwards."""
        shown = self.codes[code]
        if presented > self.now + AHEAD:
            raise Problem("payload-invalid")
        if not _known(shown, presented):
            if not _known(shown, self.now):
                raise Problem("code-invalid")
            raise Problem("code-expired")
        ends = shown.minted_at + OFFLINE_LIFE
        if presented >= ends or self.now > ends + REDEEM_WITHIN:
            raise Problem("code-expired")
        if amount > SPEND_LIMIT:
            raise Problem("offline-limit-exceeded")
        self._in_use(shown, presented)
        first = shown.use is None
        self._use(shown, use)
        if first:
            shown.presented = presented

    def _online(self, shown: Code) -> None:
        if not _known(shown, self.now):
            raise Problem("code-invalid")
        if self.now - shown.minted_at >= CODE_LIFE:
            raise Problem("code-expired")
        if shown.mandate is not None:
            self._shown_by_a_relative(shown, self.mandates[shown.mandate])
            return
        card = self.cards[shown.card]
        card.usable()
        if any(shown.minted_at <= at for at in card.moves):
            raise Problem("code-expired")
        if any(shown.minted_at < at for at in card.stops):  # void, also if it is in use again
            raise Problem("code-expired")

    def _shown_by_a_relative(self, shown: Code, mandate: Mandate) -> None:
        """It is the card that the agent carries now."""
        mandate.require(self.now, "cards")
        assert mandate.card is not None
        self.cards[mandate.card].usable()
        if shown.use is None:
            shown.card = mandate.card

    def _offline(self, shown: Code) -> None:
        if not _known(shown, self.now):
            raise Problem("code-invalid")
        if self.now - shown.minted_at >= OFFLINE_LIFE:
            raise Problem("code-expired")
        self._in_use(shown, self.now)

    def _in_use(self, shown: Code, presented: int) -> None:
        """What was shown while the card was in use counts, also afterwards; what was shown later does not."""
        card = self.cards[shown.card]
        if any(shown.minted_at <= at <= presented for at in card.stops):
            raise Problem(UNUSABLE[card.status if card.status != "bound" else "suspended"])
        if any(shown.minted_at <= at <= presented for at in card.moves):
            raise Problem("code-expired")

    def _use(self, shown: Code, use: Use) -> None:
        first = shown.use or use
        if (first.party, first.asked) != (use.party, use.asked):
            raise Problem("code-used" if shown.kind == "qr" else "code-double-spent")
        if use.signature in shown.signatures:
            raise Problem("signature-replayed")
        if shown.use is None:
            shown.use, shown.used_at = first, self.now
        shown.signatures.add(use.signature)

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

    # -- the usage log
    def uses(self, phone: int) -> list[Code]:
        """The uses of the cards of the phone's person, the last first."""
        if phone not in self.known:
            return []
        person = self.known[phone]
        used = [each for each in self.codes.values() if each.use and self.cards[each.card].person == person]
        return sorted(used, key=lambda each: each.used_at, reverse=True)

    def not_me(self, code: str) -> Card:
        """A use is disputed, once, and its card taken out of use."""
        shown = self.codes[code]
        card = self.cards[shown.card]
        if not shown.disputed and not card.ended:
            self.suspend(card)
        shown.disputed = True
        return card


def _known(shown: Code, at: int) -> bool:
    """Whether the code had been made by then, and its day's key is not forgotten."""
    days = at // DAY - shown.minted_at // DAY
    return days <= (1 if shown.kind == "qr" else 2) and shown.minted_at <= at + AHEAD
