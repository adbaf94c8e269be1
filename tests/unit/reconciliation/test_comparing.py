"""Whatever is injected into a day's sides is found, exactly that, and nothing where they agree."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.reconciliation.model.billing import against_bill
from chalicelib.reconciliation.model.differences import Difference
from chalicelib.reconciliation.model.movements import Direction, Key, Movement, by_key
from chalicelib.reconciliation.model.settling import History, against_hospitals
from chalicelib.types import CHINA

FIRST = date(2026, 2, 27)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]
"""Around the end of a February."""
LAST_DAY = DAYS[-1] + timedelta(days=1)
HOSPITALS = ["hos_a", "hos_b"]
QUICK = settings(max_examples=50, deadline=None)


_END = len(DAYS) * 24 * 60 - 1


def moment(minutes: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=CHINA) + timedelta(minutes=minutes)


@dataclass
class Town:
    """What really happened, and what each side says of it: by number, whenever it says so."""

    ours: dict[Key, Movement] = field(default_factory=dict)
    bill: dict[Key, Movement] = field(default_factory=dict)
    told: list[Movement] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    # the other days, as the service looks them up
    def posted(self, line: Movement) -> Movement | None:
        return self.ours.get(line.key)

    def billed(self, ours: Movement) -> bool | None:
        return ours.key in self.bill

    def is_known(self, line: Movement) -> bool:
        return line.order_id in self.known

    def history(self, order_id: str) -> History:
        ours = [each for each in self.ours.values() if each.order_id == order_id]
        return History(
            order_id in self.known, ours, [each for each in self.told if each.order_id == order_id]
        )

    def by_bill(self) -> dict[str, str]:
        """Difference -> kind, over all days; a difference must be found on one day only."""
        return _once([(day, found) for day in DAYS for found in self.bill_of(day)])

    def bill_of(self, day: date) -> list[Difference]:
        ours, bill = (
            by_key(each for each in side.values() if each.day == day) for side in (self.ours, self.bill)
        )
        return against_bill(ours, bill, Looking(self)).differences

    def by_hospitals(self) -> dict[str, str]:
        return _once([(day, found) for day in DAYS for found in self.hospitals_of(day)])

    def hospitals_of(self, day: date) -> list[Difference]:
        ours = [each for each in self.ours.values() if each.day == day]
        told = [each for each in self.told if each.day == day]
        return against_hospitals(day, ours, told, self.history)


@dataclass
class Looking:
    """A town's other days, under the names that the comparison asks by."""

    town: Town

    def posted(self, line: Movement) -> Movement | None:
        return self.town.posted(line)

    def known(self, line: Movement) -> bool:
        return self.town.is_known(line)

    def billed(self, ours: Movement) -> bool | None:
        return self.town.billed(ours)


def _once(found: list[tuple[date, Difference]]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    ids = [each.id(day) for day, each in found]
    assert len(set(ids)) == len(ids)
    for _, each in found:
        assert each.number not in kinds
        kinds[each.number] = each.kind
    return kinds


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Trades and refunds of four days that all sides agree on, though not always on the minute."""
    town = Town()
    last = _END
    late = st.sampled_from([0, 0, 1, 5, 60, 24 * 60])
    for number in range(draw(st.integers(0, 8))):
        order, party = f"ord_{number}", draw(st.sampled_from(HOSPITALS))
        town.known.add(order)
        movements: list[tuple[Direction, str]] = [("in", order)]
        movements += [("out", f"rfd_{number}_{part}") for part in range(draw(st.integers(0, 2)))]
        for direction, name in movements:
            at, fen = draw(st.integers(0, last)), draw(st.integers(1, 9))
            really = Movement(direction, name, order, fen, moment(at), party)
            town.ours[really.key] = replace(really, at=moment(min(last, at + draw(late))))
            town.bill[really.key] = replace(really, party="")
            heard = moment(min(last, at + draw(late)))
            town.told.append(replace(really, number=f"h_{name}", at=heard))
    return town


@QUICK
@given(towns())
def test_where_the_sides_agree_nothing_differs_whichever_side_of_midnight(town: Town) -> None:
    assert town.by_bill() == {}
    assert town.by_hospitals() == {}


@QUICK
@given(towns(), st.data())
def test_of_the_bill_exactly_what_was_injected_is_found(town: Town, data: st.DataObject) -> None:
    expected: dict[str, str] = {}
    for key in sorted(town.ours):
        injected = data.draw(st.sampled_from(["nothing", "dropped", "altered", "unposted", "unheard of"]))
        match injected:
            case "dropped":
                del town.bill[key]
                expected[key[1]] = "missing-at-platform"
            case "altered":
                town.bill[key] = replace(town.bill[key], amount_fen=town.bill[key].amount_fen + 1)
                expected[key[1]] = "amount-differs"
            case "unposted":
                del town.ours[key]
                expected[key[1]] = "state-differs"
            case "unheard of":
                strange = replace(town.bill[key], number=f"x_{key[1]}", order_id=f"x_{key[1]}")
                town.bill[strange.key] = strange
                expected[strange.number] = "missing-in-ledger"
    assert town.by_bill() == expected
    assert [town.bill_of(day) for day in DAYS] == [town.bill_of(day) for day in DAYS]


@QUICK
@given(towns(), st.data())
def test_of_the_hospitals_exactly_what_was_injected_is_found(town: Town, data: st.DataObject) -> None:
    """One injection an order, and every hospital speaks every day: what a silent one leads to is told below."""
    expected: dict[str, str] = {}
    for day in DAYS:
        for party in HOSPITALS:
            order = f"speaks_{party}_{day}"
            word = Movement(
                "in", order, order, 1, datetime(day.year, day.month, day.day, 12, tzinfo=CHINA), party
            )
            town.ours[word.key] = word
            town.told.append(word)
    for order_id in sorted(each for each in town.known if each.startswith("ord_")):
        word = data.draw(st.sampled_from([each for each in town.told if each.order_id == order_id]))
        entry = town.ours[word.direction, word.number.removeprefix("h_")]
        kinds = ["nothing", "dropped", "altered", "unheard of", "doubled", "another's"]
        match data.draw(st.sampled_from(kinds)):
            case "dropped":
                town.told.remove(word)
                assume(not any(_same(each, word) for each in town.told))
                expected[entry.number] = "missing-at-hospital"
            case "altered":
                town.told[town.told.index(word)] = replace(word, amount_fen=word.amount_fen + 10)
                expected[word.number] = "amount-differs"
            case "unheard of":
                town.told.append(replace(word, number=f"x_{word.number}", order_id=f"x_{order_id}"))
                expected[f"x_{word.number}"] = "unknown-from-hospital"
            case "doubled":
                town.told.append(replace(word, number=f"{word.number}_2", at=moment(_END)))
                expected[f"{word.number}_2"] = "state-differs"
            case "another's":
                town.told.append(replace(word, number=f"x_{word.number}", party="hos_strange"))
                expected[f"x_{word.number}"] = "state-differs"
    assert town.by_hospitals() == expected


def _same(one: Movement, other: Movement) -> bool:
    """Nobody could tell which of the two is missing."""
    return (one.order_id, one.direction, one.amount_fen) == (
        other.order_id,
        other.direction,
        other.amount_fen,
    )


def test_a_hospital_that_says_nothing_all_day_is_one_difference_with_the_sum() -> None:
    town = Town(known={"ord_1", "ord_2", "ord_3"})
    for number, fen in enumerate((10, 20, 30), start=1):
        party = "hos_b" if number == 3 else "hos_a"
        entry = Movement("in", f"ord_{number}", f"ord_{number}", fen, moment(60), party)
        town.ours[entry.key] = entry
    town.told.append(replace(town.ours["in", "ord_3"], number="h_3"))
    (silent,) = town.hospitals_of(FIRST)
    assert (silent.kind, silent.number, silent.ours_fen) == ("hospital-silent", "hos_a", 30)


def test_what_came_and_went_before_its_hospital_heard_of_it_is_nothing() -> None:
    town = Town(known={"ord_1"})
    for direction, name, at in (("in", "ord_1", 60), ("out", "rfd_1", 24 * 60 + 1)):
        entry = Movement(direction, name, "ord_1", 50, moment(at), "hos_a")  # type: ignore[arg-type]
        town.ours[entry.key] = entry
    assert town.by_hospitals() == {}
    prepaid = replace(town.ours["out", "rfd_1"], amount_fen=20)
    town.ours[prepaid.key] = prepaid
    town.told.append(Movement("in", "h_1", "ord_1", 30, moment(60), "hos_a"))
    assert town.by_hospitals() == {}
    town.ours[prepaid.key] = replace(prepaid, amount_fen=50)
    town.told[0] = replace(town.told[0], amount_fen=50)
    assert town.by_hospitals() == {"hos_a": "hospital-silent"}
