"""Random histories of a small town through the real API, on a cloud in memory whose processes die at any call.

What comes of every deed is held against an ideal that knows nothing of how it is done; two deeds at once must come
to what one after the other would, in either order; and after each of them the tables and the log are looked at.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.memory.depth import depth
from tests.property import by_bureau, by_families, by_holders, chance, look
from tests.property.beginnings import Beginning, beginnings
from tests.property.by_citizens import Proof
from tests.property.deeds import Deed, Doing, Meanwhile, Trouble
from tests.property.town import Town, town


class Histories(RuleBasedStateMachine):
    """One history."""

    town: Town
    beginnings: tuple[Beginning, ...]

    @initialize(beginning=st.sampled_from([1, 2, 1, 2, 0]), lagging=st.booleans())
    def begin(self, beginning: int, *, lagging: bool) -> None:
        self.doing = Doing(self.beginnings[beginning].again(self.town, lagging=lagging), look.tables)

    @rule(deed=chance.sessions, trouble=chance.troubles)
    def be_somebody(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.bindings, trouble=chance.troubles)
    def bind(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.changes, trouble=chance.troubles)
    def change(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.shows, trouble=chance.troubles)
    def show(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.scans, trouble=chance.troubles)
    def scan(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.scans, trouble=chance.troubles)
    def scan_another(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.offline, trouble=chance.troubles)
    def hand_in(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.families, trouble=chance.troubles)
    def act_for_family(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.families, trouble=chance.troubles)
    def act_for_family_again(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(deed=chance.readers, trouble=chance.troubles)
    def read(self, deed: Deed, trouble: Trouble) -> None:
        self.doing.do(deed, trouble)

    @rule(person=chance.people, word=chance.words)
    def the_bureau_changes_a_card(self, person: int, word: str) -> None:
        self.doing.do(by_bureau.Change(person, word), None)

    @rule(
        person=chance.people,
        words=st.lists(chance.words, min_size=2, max_size=3),
        told=st.lists(st.integers(0, 2), min_size=2, max_size=5),
        trouble=chance.troubles,
    )
    def the_feed_is_out_of_order(
        self, person: int, words: list[str], told: list[int], trouble: Trouble
    ) -> None:
        for word in words:
            self.doing.do(by_bureau.Change(person, word), None)
        for older in told:
            self.doing.do(by_bureau.Tell(None, older), None)
            self.doing.do(by_bureau.Work(relayed=True, which=0, twice=False), trouble)

    @rule(deed=chance.bureau, trouble=chance.troubles)
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


@pytest.fixture(scope="module")
def known_town() -> Iterator[tuple[Town, tuple[Beginning, ...]]]:
    with town() as here:
        yield here, beginnings(here)


def test_whatever_happens_comes_to_what_it_ought_to(
    known_town: tuple[Town, tuple[Beginning, ...]],
) -> None:
    Histories.town, Histories.beginnings = known_town
    run_state_machine_as_test(Histories, settings=depth(250, steps=25))


@depth(400)
@given(
    st.sampled_from([1, 2, 1, 2, 0]),
    st.lists(st.tuples(chance.deeds, chance.calls, chance.deeds), min_size=1, max_size=8),
)
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


@pytest.mark.parametrize(
    "deed", [by_families.Carry(None, 0), by_holders.Bind(2, 1, move=False, proof=Proof("fresh"))]
)
@pytest.mark.parametrize(("word", "older"), [("active", 0), ("cancelled", 2), ("lost", 0)])
def test_a_new_card_follows_what_a_clerk_changed_just_before_the_bureau_was_asked(
    known_town: tuple[Town, tuple[Beginning, ...]], deed: Deed, word: str, older: int
) -> None:
    """Chance came upon this rarely: the member's only card was given up, and so the bureau is asked anew.

    `older` as 2 leaves the change untold, for there are not so many lines.
    """
    here, begun = known_town
    doing = Doing(begun[2].again(here, lagging=False), look.tables)
    doing.do(by_holders.Unlink(2, 0, Proof("fresh")), None)
    doing.do(deed, Meanwhile(0, by_bureau.Tell(by_bureau.Change(1, word), older)))
    look.everything(doing.stage)
    doing.do(by_bureau.Work(relayed=True, which=0, twice=False), None)
    look.everything(doing.stage)
