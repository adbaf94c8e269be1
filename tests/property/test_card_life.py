"""A card's life against the published machine, told a second time here: from facts, not from the model.

    bound (level 1 or 2) --report_loss--> suspended --loss_cancelled--> the level it had
    bound --physical_lost--> suspended     bound|suspended --physical_locked--> locked --physical_unlocked--> before
    bound --bank_linked--> level 2         level 2 --bank_unlinked--> level 1
    bound|suspended|locked --unlink--> unlinked, for good
    any of these --physical_cancelled--> cancelled, for good

The bureau's word comes with a version, again and again and in any order: the highest counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.cards.model import life
from chalicelib.cards.model.card import Card, Hold, Physical
from chalicelib.errors import AppError
from tests.memory.depth import depth

WORDS = st.sampled_from(["active", "lost", "locked", "cancelled"])
OWN = "ctz_1"
REFUSED_TO_THE_ENDED = {"unlinked": "card-unlinked", "cancelled": "card-cancelled"}
ARROWS = {
    ("bound", "suspended"),
    ("bound", "locked"),
    ("suspended", "bound"),
    ("locked", "bound"),
    # two reasons at once: the graver shows, and the other stays when it goes
    ("suspended", "locked"),
    ("locked", "suspended"),
    *((status, end) for status in ("bound", "suspended", "locked") for end in ("unlinked", "cancelled")),
}


@dataclass
class Facts:
    """What has happened to the card, and nothing that follows from it."""

    word: str = "active"
    version: int = 1
    reported: str | None = None
    given_up: bool = False
    bank: bool = False
    account: str | None = OWN

    @property
    def ended(self) -> str | None:
        if self.word == "cancelled":
            return "cancelled"
        return "unlinked" if self.given_up else None

    @property
    def status(self) -> str:
        if self.ended:
            return self.ended
        if self.word == "locked":
            return "locked"
        return "suspended" if self.word == "lost" or self.reported else "bound"

    # -- what each event does; the answer is the refusal's code, or None
    def suspend(self, reason: str) -> str | None:
        if not self.ended:
            self.reported = self.reported or reason
        return self._to_the_ended()

    def resume(self) -> str | None:
        if self.ended:
            return self._to_the_ended()
        if self.word != "active":
            return "card-held-by-bureau"
        self.reported = None
        return None

    def unlink(self) -> str | None:
        if self.word == "cancelled":
            return "card-cancelled"
        self.given_up = True
        return None

    def bank_account(self, *, linked: bool) -> str | None:
        if self.ended:
            return self._to_the_ended()
        if self.word != "active":
            return "card-held-by-bureau"
        if self.reported:
            return "card-transition-refused"
        self.bank = linked
        return None

    def move(self, account: str) -> str | None:
        if not self.ended:
            self.account = account
        return self._to_the_ended()

    def told(self, word: str, version: int) -> None:
        if not self.ended and version > self.version:
            self.word, self.version = word, version

    def _to_the_ended(self) -> str | None:
        return REFUSED_TO_THE_ENDED[self.ended] if self.ended else None


class CardLife(RuleBasedStateMachine):
    """One card; every event at any time."""

    @initialize(word=st.sampled_from(["active", "lost", "locked"]), owned=st.booleans())
    def bind(self, word: str, *, owned: bool) -> None:
        self.facts = Facts(word=word, account=OWN if owned else None)
        self.card = a_card(word, self.facts.account)

    @rule(reason=st.sampled_from(Hold))
    def suspend(self, reason: Hold) -> None:
        self._happens(lambda card: life.suspend(card, reason), self.facts.suspend(reason))

    @rule()
    def resume(self) -> None:
        self._happens(life.resume, self.facts.resume())

    @rule()
    def unlink(self) -> None:
        self._happens(life.unlink, self.facts.unlink())

    @rule(account=st.sampled_from(["6214****0011", "6214****0022"]))
    def link_bank(self, account: str) -> None:
        self._happens(lambda card: life.link_bank(card, account), self.facts.bank_account(linked=True))

    @rule()
    def unlink_bank(self) -> None:
        self._happens(life.unlink_bank, self.facts.bank_account(linked=False))

    @rule(account=st.sampled_from([OWN, "ctz_2"]), at=st.integers(1_800_000_000, 1_800_000_100))
    def move(self, account: str, at: int) -> None:
        self._happens(lambda card: life.move(card, account, at=at, by="face_2"), self.facts.move(account))

    @rule(word=WORDS, version=st.integers(0, 9))
    def bureau_says(self, word: str, version: int) -> None:
        self.facts.told(word, version)
        self._happens(lambda card: life.mirror(card, Physical(word), version), None)

    def _happens(self, event: Callable[[Card], Card], expected: str | None) -> None:
        before = self.card
        try:
            self.card = event(before)
            refused = None
        except AppError as error:
            refused = error.code
        assert refused == expected
        self._moved_along_an_arrow(before)

    def _moved_along_an_arrow(self, before: Card) -> None:
        after = self.card
        assert after.status == before.status or (before.status, after.status) in ARROWS
        changed = after.model_dump(exclude={"version"}) != before.model_dump(exclude={"version"})
        assert after.version == before.version + changed
        assert changed or after is before

    @invariant()
    def what_shows_follows_from_the_facts(self) -> None:
        card, facts = self.card, self.facts
        assert (card.status, card.level) == (facts.status, 2 if facts.bank else 1)
        assert (card.physical, card.physical_version) == (facts.word, facts.version)
        assert (card.held, card.citizen_id) == (facts.reported, facts.account)


def a_card(word: str, account: str | None) -> Card:
    return Card(
        id="card_01JACARD00000000000000000A",
        citizen_id=account,
        person_id="psn_1",
        holder="张*",
        number_masked="A1****11",
        id_number_masked="3301**********0018",
        region="330100",
        sealed=b"1",
        number_sealed=b"2",
        physical_ref="0",
        physical=Physical(word),
        physical_version=1,
        bound_at=datetime(2026, 11, 23, tzinfo=UTC),
        version=1,
    )


TestCardLife = CardLife.TestCase
TestCardLife.settings = depth(1000, steps=30)
