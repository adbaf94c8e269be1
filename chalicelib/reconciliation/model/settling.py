"""What the ledger owes hospitals beside what they say they charged and reversed. Pure rules.

Hospitals know orders, not our refunds' numbers, so an order's movements are matched by hospital, direction and sum,
whichever day each side gives them. Where both end at the same sum there is no difference: an order that came and went
before its hospital heard of it, a prepayment whose rest went back, an appointment that was moved.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.reconciliation.model.differences import Difference, Kind, difference
from chalicelib.reconciliation.model.movements import Direction, Movement
from chalicelib.types import Fen, Model


class Settlement(Model):
    """A hospital charged or reversed so much of an order at a moment, under a number of its own."""

    institution_id: str
    order_id: str
    kind: Literal["charge", "reverse"]
    number: str
    amount_fen: Fen
    occurred_at: AwareDatetime

    @property
    def movement(self) -> Movement:
        """In the form that all sides share."""
        direction: Direction = "in" if self.kind == "charge" else "out"
        return Movement(
            direction, self.number, self.order_id, self.amount_fen, self.occurred_at, self.institution_id
        )


@dataclass(frozen=True, slots=True)
class History:
    """All that both sides ever said of one order.

    `known`: it is an order of ours; `awaited`: its hospital has heard of it, so that it should say something.
    """

    known: bool
    ours: list[Movement]
    theirs: list[Movement]
    awaited: bool = True


Told = tuple[str, Direction, int]


def _told(movement: Movement) -> Told:
    return movement.party, movement.direction, movement.amount_fen


def against_hospitals(
    day: date, ledger: Iterable[Movement], told: Iterable[Movement], history: Callable[[str], History]
) -> list[Difference]:
    """Where a day's entries and a day's settlements differ; only orders that do are looked up."""
    told, ours, theirs = list(told), _by_order(ledger), _by_order(told)
    found: list[Difference] = []
    for order_id in sorted(ours.keys() | theirs.keys()):
        if Counter(map(_told, ours[order_id])) != Counter(map(_told, theirs[order_id])):
            found += _of_order(day, history(order_id))
    return _without_the_silent(found, {each.party for each in told})


def _by_order(movements: Iterable[Movement]) -> dict[str, list[Movement]]:
    found: dict[str, list[Movement]] = defaultdict(list)
    for each in movements:
        found[each.order_id].append(each)
    return found


def _of_order(day: date, history: History) -> list[Difference]:
    if not history.theirs and not history.awaited:
        return []
    ours, theirs = _odd(history.ours, history.theirs), _odd(history.theirs, history.ours)
    found: list[Difference] = []
    for entry, word in _pairs(ours, theirs):
        if word is None and entry is not None and entry.day == day:
            found.append(difference("hospital", "missing-at-hospital", entry, None))
        elif word is not None and word.day == day:
            alone: Kind = "state-differs" if history.known else "unknown-from-hospital"
            found.append(difference("hospital", "amount-differs" if entry else alone, entry, word))
    return found


def _nets(movements: Iterable[Movement]) -> Counter[str]:
    """What is left in the end, by hospital."""
    found: Counter[str] = Counter()
    for each in movements:
        found[each.party] += each.amount_fen * (1 if each.direction == "in" else -1)
    return found


def _odd(some: list[Movement], others: list[Movement]) -> list[Movement]:
    """Those of `some` that no other says too, in the order of time; none where both end at the same sum."""
    left, nets, their_nets = Counter(map(_told, others)), _nets(some), _nets(others)
    differing = [each for each in some if nets[each.party] != their_nets[each.party]]
    found = []
    for each in sorted(differing, key=lambda one: (one.at, one.number)):
        if left[_told(each)]:
            left[_told(each)] -= 1
        else:
            found.append(each)
    return found


def _pairs(ours: list[Movement], theirs: list[Movement]) -> list[tuple[Movement | None, Movement | None]]:
    """What each side alone says, side by side where hospital and direction are the same."""
    words = list(theirs)
    found: list[tuple[Movement | None, Movement | None]] = []
    for entry in ours:
        same = (each for each in words if (each.party, each.direction) == (entry.party, entry.direction))
        word = next(same, None)
        if word:
            words.remove(word)
        found.append((entry, word))
    return [*found, *((None, word) for word in words)]


def _without_the_silent(found: list[Difference], speaking: set[str]) -> list[Difference]:
    """A hospital that said nothing all day: one difference with the sum of what it did not say."""
    silent: dict[str, Difference] = {}
    kept: list[Difference] = []
    for each in found:
        if each.kind != "missing-at-hospital" or each.party in speaking:
            kept.append(each)
            continue
        before = silent.get(each.party)
        amount = (each.ours_fen or 0) + ((before.ours_fen or 0) if before else 0)
        facts = {"kind": "hospital-silent", "number": each.party, "order_id": "", "direction": "in"}
        silent[each.party] = each.model_copy(update={**facts, "ours_fen": amount})
    return kept + [silent[party] for party in sorted(silent)]
