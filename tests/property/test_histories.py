"""Random histories of a small town through the real API, on a cloud in memory whose processes die at any call.

What comes of every deed is held against an ideal that knows nothing of how it is done; two deeds at once must come
to what one after the other would, in either order; and after each of them the tables and the log are looked at.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.memory.calls import Moment
from tests.memory.cloud import Remembered, cold_start
from tests.memory.depth import depth
from tests.property import by_bureau, by_citizens, by_families, by_holders, by_readers, by_terminals, look
from tests.property.by_citizens import OWNERS, Proof
from tests.property.deeds import Crash, Deed, Doing, Meanwhile, Stage, Trouble
from tests.property.ideal import Ideal
from tests.property.town import BEGINNING, Life, Town, town

phones = st.sampled_from([0, 0, 1, 2])
people = st.sampled_from(range(2))
older = st.sampled_from([0, 0, 0, 0, 1, 2])
proofs = st.builds(Proof, st.sampled_from(["fresh", "fresh", "kept", "older"]), st.integers(0, 2))
parties = st.sampled_from(range(3))
words = st.sampled_from(["active", "lost", "locked", "active", "lost", "cancelled"])
purposes = st.sampled_from(["identity", "bind-card", "card", "certificates"])
business_types = st.sampled_from(list(by_terminals.TOLD))

sessions = st.one_of(
    st.builds(by_citizens.LogIn, phones),
    st.builds(by_citizens.Refresh, phones, st.integers(0, 2)),
    st.builds(by_citizens.LogOut, phones, everywhere=st.booleans()),
    st.builds(by_citizens.OldToken, phones, st.integers(0, 3)),
    st.builds(by_citizens.ShowFace, phones, people, purposes),
)
bindings = st.builds(
    lambda phone, foreign, move, proof: by_holders.Bind(
        phone, 1 - OWNERS[phone] if foreign else OWNERS[phone], move, proof
    ),
    st.sampled_from([0, 1, 1, 2]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([True, True, False]),
    proofs,
)
changes = st.one_of(
    st.builds(by_holders.Suspend, phones, older, st.sampled_from(["lost", "risk"])),
    st.builds(by_holders.Resume, phones, older, proofs),
    st.builds(by_holders.LinkBank, phones, older, st.sampled_from([True, True, False]), proofs),
    st.builds(by_holders.UnlinkBank, phones, older),
    st.builds(by_holders.Unlink, phones, older, proofs),
)
shows = st.builds(by_holders.ShowCode, phones, older)
scans = st.one_of(
    st.builds(by_terminals.Decode, parties, phones, st.just(0), business_types),
    st.builds(by_terminals.Decode, parties, st.none(), older, business_types),
    st.builds(by_terminals.DecodeAgain, older),
    st.builds(by_terminals.Replay, older),
)
offline = st.one_of(
    st.builds(
        by_terminals.Redeem,
        parties,
        phones | st.none(),
        older,
        since_made=st.sampled_from([0, 0, 1, 20, -5, -100, 100, 86400]),
        to_now=st.booleans(),
        amount=st.sampled_from([100, 20_000, 20_001]),
    ),
    st.builds(by_terminals.DecodeAgain, older),
)
readers = st.one_of(
    st.builds(by_readers.NotMe, phones, older),
    st.builds(by_readers.NotMe, phones, older),
    st.builds(by_readers.ReadLog, phones),
)
families = st.one_of(
    st.builds(
        by_families.Grant,
        phones,
        st.sampled_from([1, 1, 1, 0, 2]),
        st.sampled_from(["elder", "spouse", "other"]),
        st.sampled_from([("cards",), ("cards", "appointments"), ("appointments",), ("usage-log",)]),
        st.sampled_from([30, 90, 4000]),
        proofs,
    ),
    st.builds(by_families.Carry, st.sampled_from([None, None, None, 1]), older),
    st.builds(by_families.Carry, st.none(), older),
    st.builds(by_families.ShowFamilyCode, older),
    st.builds(by_families.DecodeFamilyCode, parties, business_types),
    st.builds(by_families.DecodeFamilyCode, parties, business_types),
    st.builds(by_families.Revoke, phones, older),
    st.builds(by_families.Sweep),
)
bureau = st.one_of(
    st.builds(by_bureau.Tell, st.none() | st.builds(by_bureau.Change, people, words), older),
    st.builds(by_bureau.Relay, st.sampled_from([0, 0, 3, 50])),
    st.builds(
        by_bureau.Work, st.sampled_from([True, True, False]), older, st.sampled_from([False, False, True])
    ),
)
deeds: st.SearchStrategy[Deed] = st.one_of(
    sessions, bindings, bindings, changes, changes, shows, scans, offline, readers, families, bureau
)
calls = st.integers(0, 14)
troubles = st.one_of(
    st.none(),
    st.none(),
    st.builds(Crash, calls, st.sampled_from(Moment)),
    st.builds(Meanwhile, calls, deeds),
)


@dataclass(frozen=True)
class Beginning:
    """How a history begins: the tables, and what everybody knows."""

    tables: Remembered
    life: Life
    ideal: Ideal

    @classmethod
    def after(cls, here: Town, *deeds: Deed) -> "Beginning":
        """How it stands once these were done."""
        here.life = Life()
        doing = Doing(Stage(here, Ideal(int(BEGINNING.timestamp()))), look.tables)
        for each in deeds:
            doing.do(each, None)
        look.everything(doing.stage)
        here.place.cloud.settle()
        return cls(here.place.cloud.remember(), here.life, doing.stage.ideal)

    def again(self, here: Town, *, lagging: bool) -> Stage:
        """A history's first moment; `lagging`: every read that may be stale will be."""
        here.place.cloud.return_to(self.tables)
        here.clock.now = BEGINNING
        here.life = replace(deepcopy(self.life), looked=0, lagging=lagging)
        here.catch_up()
        cold_start()
        return Stage(here, deepcopy(self.ideal))


KNOWN: tuple[Deed, ...] = (
    by_holders.Bind(0, OWNERS[0], move=False, proof=Proof("fresh")),
    by_holders.Bind(2, OWNERS[2], move=False, proof=Proof("fresh")),
    by_citizens.LogIn(1),
    by_holders.LinkBank(0, 0, matching=True, proof=Proof("fresh")),
    *(by_citizens.ShowFace(phone, OWNERS[phone], "identity") for phone in range(3)),
)
FAMILY: tuple[Deed, ...] = (
    *KNOWN,
    by_families.Grant(0, 1, "elder", ("cards", "usage-log"), 4000, Proof("fresh")),
    by_families.Carry(None, 0),
)


class Histories(RuleBasedStateMachine):
    """One history."""

    town: Town
    beginnings: tuple[Beginning, ...]

    @initialize(beginning=st.sampled_from([1, 2, 1, 2, 0]), lagging=st.booleans())
    def begin(self, beginning: int, *, lagging: bool) -> None:
        self.doing = Doing(self.beginnings[beginning].again(self.town, lagging=lagging), look.tables)

    @rule(deed=sessions, trouble=troubles)
    def be_somebody(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=bindings, trouble=troubles)
    def bind(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=changes, trouble=troubles)
    def change(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=shows, trouble=troubles)
    def show(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=scans, trouble=troubles)
    def scan(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=scans, trouble=troubles)
    def scan_another(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=offline, trouble=troubles)
    def hand_in(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=families, trouble=troubles)
    def act_for_family(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=families, trouble=troubles)
    def act_for_family_again(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=readers, trouble=troubles)
    def read(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(person=people, word=words)
    def the_bureau_changes_a_card(self, person: int, word: str) -> None:
        self.doing.do(by_bureau.Change(person, word), None)

    @rule(deed=bureau, trouble=troubles)
    def the_bureau_tells(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(seconds=st.sampled_from([1, 1, 1, 20, 20, 130, 1900, 86400]))
    def time_passes(self, seconds: int) -> None:
        self._pass(seconds)

    @rule(nearest=st.sampled_from([0, 0, 1]), off=st.sampled_from([-1, 0, 0, 1]))
    def something_comes_to_its_end(self, nearest: int, off: int) -> None:
        edges = self.doing.stage.ideal.edges()
        if nearest < len(edges):
            self._pass(edges[nearest] + off - self.doing.stage.ideal.now)

    def _pass(self, seconds: int) -> None:
        self.town.clock.turn(seconds=seconds)
        self.doing.stage.ideal.now += seconds

    @invariant()
    def everything_holds(self) -> None:
        look.everything(self.doing.stage)


def beginnings(here: Town) -> tuple[Beginning, ...]:
    """Nobody has a card; everybody has; and one of them lets another act for them."""
    nowhere = here.place.cloud.remember()

    def after(*deeds: Deed) -> Beginning:
        here.place.cloud.return_to(nowhere)
        here.clock.now = BEGINNING
        return Beginning.after(here, *deeds)

    return after(), after(*KNOWN), after(*FAMILY)


@pytest.fixture(scope="module")
def known_town() -> Iterator[tuple[Town, tuple[Beginning, ...]]]:
    with town() as here:
        yield here, beginnings(here)


def test_whatever_happens_comes_to_what_it_ought_to(
    known_town: tuple[Town, tuple[Beginning, ...]],
) -> None:
    Histories.town, Histories.beginnings = known_town
    run_state_machine_as_test(Histories, settings=depth(600, steps=25))


@depth(600)
@given(st.sampled_from([1, 2, 1, 2, 0]), st.lists(st.tuples(deeds, calls, deeds), min_size=1, max_size=8))
def test_two_deeds_at_once_come_to_one_after_the_other(
    known_town: tuple[Town, tuple[Beginning, ...]],
    beginning: int,
    pairs: list[tuple[Deed, int, Deed]],
) -> None:
    here, begun = known_town
    doing = Doing(begun[beginning].again(here, lagging=False), look.tables)
    for first, at, second in pairs:
        doing.do(first, Meanwhile(at, second))
        look.everything(doing.stage)
