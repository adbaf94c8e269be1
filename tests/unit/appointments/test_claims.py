"""The rules of one session, against every order of people, slots and expiries that can be thought of."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.appointments.errors import AlreadyRegistered, SlotTaken
from chalicelib.appointments.model.claims import Claim, Seen, claim, other_place, own_hold, standing
from chalicelib.appointments.model.clinic import Clinic, LastHold
from chalicelib.appointments.model.places import Hold, Place, person_key, slot_key

CLINIC, NOW, LIFE = 7, 1_764_000_000_000, 600_000
PLACES = 40


def place(index: int) -> Place:
    return Place(CLINIC, index, 15, NOW + 86_400_000)


def take(seen: Seen, index: int, person: int, now: int = NOW) -> Claim:
    return claim(seen, place(index), person, now, now + LIFE)


def test_a_free_slot_is_claimed_if_nobody_took_it_meanwhile() -> None:
    made = take(Seen(), 3, 1)
    assert made.slots == {slot_key(3): None}
    assert made.people == {person_key(1): None}
    assert made.hold == Hold(CLINIC, 3, NOW + LIFE, 1)


def test_a_held_slot_refuses_another_person() -> None:
    seen = Seen({slot_key(3): NOW + 1}, {person_key(1): slot_key(3)})
    with pytest.raises(SlotTaken):
        take(seen, 3, 2)


def test_ones_own_standing_hold_is_given_again() -> None:
    seen = Seen({slot_key(3): NOW + 1}, {person_key(1): slot_key(3)})
    assert own_hold(seen, place(3), 1, NOW) == Hold(CLINIC, 3, NOW + 1, 1)
    assert own_hold(seen, place(3), 2, NOW) is None
    assert own_hold(seen, place(4), 1, NOW) is None
    assert own_hold(seen, place(3), 1, NOW + 1) is None


@pytest.mark.parametrize("value", [NOW + 1, -(NOW - 1)])
def test_a_person_of_the_session_gets_no_second_slot(value: int) -> None:
    seen = Seen({slot_key(3): value}, {person_key(1): slot_key(3)})
    with pytest.raises(AlreadyRegistered):
        take(seen, 4, 1)


def test_a_confirmed_slot_is_not_held_again_by_the_same_person() -> None:
    seen = Seen({slot_key(3): -(NOW - 1)}, {person_key(1): slot_key(3)})
    with pytest.raises(AlreadyRegistered):
        take(seen, 3, 1)


def test_a_cooling_slot_is_had_after_its_moment_or_by_whoever_names_it() -> None:
    seen = Seen({slot_key(3): NOW + 5})
    with pytest.raises(SlotTaken):
        take(seen, 3, 1)
    with pytest.raises(SlotTaken):
        claim(seen, place(3), 1, NOW, NOW + LIFE, cooling_ms=NOW + 6)
    for made in (
        take(seen, 3, 1, NOW + 5),
        claim(seen, place(3), 1, NOW, NOW + LIFE, cooling_ms=NOW + 5),
    ):
        assert made.slots == {slot_key(3): NOW + 5}
        assert made.people == {person_key(1): None}


def test_naming_the_end_of_somebodys_hold_does_not_take_it() -> None:
    seen = Seen({slot_key(3): NOW + 5}, {person_key(2): slot_key(3)})
    with pytest.raises(SlotTaken):
        claim(seen, place(3), 1, NOW, NOW + LIFE, cooling_ms=NOW + 5)


@given(st.dictionaries(st.integers(0, 9), st.integers(-1, 2)), st.integers(0, 99))
def test_another_place_is_one_that_can_be_had(taken: dict[int, int], person: int) -> None:
    seen = Seen({slot_key(index): NOW + value for index, value in taken.items()})
    found = other_place(seen, place(0), 10, person, NOW)
    if found is None:
        assert all(taken.get(index, 0) > 0 for index in range(10))
    else:
        assert take(seen, found.index, person).hold.index == found.index
        assert found.session_starts == place(0).session_starts


class OneSession(RuleBasedStateMachine):
    """People hold, confirm, give back and come late, on one item that changes only under its conditions."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: dict[str, int] = {}
        self.people: dict[str, str] = {}
        self.now = NOW
        self.holds: list[Hold] = []
        self.confirmed: set[Hold] = set()
        self.stale = Seen()

    @rule(index=st.integers(0, PLACES - 1), person=st.integers(0, 60))
    def someone_holds(self, index: int, person: int) -> None:
        self._claim(Seen(dict(self.slots), dict(self.people)), index, person)

    @rule(index=st.integers(0, PLACES - 1), person=st.integers(0, 60))
    def someone_holds_by_an_old_picture(self, index: int, person: int) -> None:
        self._claim(self.stale, index, person)

    @rule()
    def a_picture_is_taken(self) -> None:
        self.stale = Seen(dict(self.slots), dict(self.people))

    @rule(seconds=st.integers(0, 700))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule(data=st.data())
    def a_payment_comes_late_or_in_time(self, data: st.DataObject) -> None:
        if not self.holds:
            return
        hold = data.draw(st.sampled_from(self.holds))
        if self.slots.get(hold.key) == hold.until_ms and self.people.get(hold.person_key) == hold.key:
            self.slots[hold.key] = -hold.until_ms
            self.confirmed.add(hold)

    @rule(data=st.data())
    def somebody_gives_back(self, data: st.DataObject) -> None:
        if not self.holds:
            return
        hold = data.draw(st.sampled_from(self.holds))
        if abs(self.slots.get(hold.key, 0)) == hold.until_ms and self.people.get(hold.person_key) == hold.key:
            del self.slots[hold.key], self.people[hold.person_key]
            self.confirmed.discard(hold)

    @rule(data=st.data(), seconds=st.integers(1, 900))
    def somebody_gives_back_and_the_slot_cools(self, data: st.DataObject, seconds: int) -> None:
        if not self.holds:
            return
        hold = data.draw(st.sampled_from(self.holds))
        if abs(self.slots.get(hold.key, 0)) == hold.until_ms and self.people.get(hold.person_key) == hold.key:
            self.slots[hold.key] = self.now + seconds * 1000
            del self.people[hold.person_key]
            self.confirmed.discard(hold)

    def _claim(self, seen: Seen, index: int, person: int) -> None:
        self.now += 1  # no two writes to one item fall into one millisecond
        try:
            made = claim(seen, place(index), person, self.now, self.now + LIFE)
        except (SlotTaken, AlreadyRegistered):
            return
        if self._expected(made):
            for slot in made.gone_slots:
                del self.slots[slot]
            for who in made.gone_people:
                del self.people[who]
            self.slots[made.hold.key] = made.hold.until_ms
            self.people[made.hold.person_key] = made.hold.key
            self.holds.append(made.hold)

    def _expected(self, made: Claim) -> bool:
        """What the conditional write checks."""

        def fits(expected: Mapping[str, object], there: Mapping[str, object]) -> bool:
            return all(there.get(key) == value for key, value in expected.items())

        return fits(made.slots, self.slots) and fits(made.people, self.people)

    @invariant()
    def slots_and_people_match_one_to_one(self) -> None:
        taken = list(self.people.values())
        assert len(set(taken)) == len(taken)
        assert set(taken) <= set(self.slots)

    @invariant()
    def what_was_confirmed_stays_confirmed(self) -> None:
        for hold in self.confirmed:
            assert self.slots[hold.key] == -hold.until_ms
            assert self.people[hold.person_key] == hold.key

    @invariant()
    def no_two_standing_holds_share_a_slot_or_a_person(self) -> None:
        lasting = [hold for hold in self.holds if self._stands(hold)]
        assert len({hold.key for hold in lasting}) == len(lasting)
        assert len({hold.person for hold in lasting}) == len(lasting)

    def _stands(self, hold: Hold) -> bool:
        value = self.slots.get(hold.key, 0)
        mine = self.people.get(hold.person_key) == hold.key
        return mine and abs(value) == hold.until_ms and standing(value, self.now)


TestOneSession = OneSession.TestCase


def test_a_clinic_tells_which_hold_a_change_made() -> None:
    seen = Seen({slot_key(3): NOW + 1}, {person_key(5): slot_key(3)})
    last = LastHold(slot_key(3), "ctz_1", "card_1")
    clinic = Clinic(CLINIC, 0, 15, 14, 100, "hos_1", "dep_1", seen, 2, last=last)
    assert clinic.made({}) == Hold(CLINIC, 3, NOW + 1, 5)
    assert clinic.made({slot_key(3): NOW}) == Hold(CLINIC, 3, NOW + 1, 5)
    assert clinic.made({slot_key(3): NOW + 1}) is None
