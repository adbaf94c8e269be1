"""What the ledger must say once the dust has settled: every entry of every order is booked, and the sums are true."""

from collections import Counter
from datetime import date, timedelta

from chalicelib import wiring
from chalicelib.payments.model.ledger import CLEARING, Entry, payable, receivable
from chalicelib.payments.model.legs import NAMES
from chalicelib.types import CHINA
from tests.property.registration.hall import Hall
from tests.property.registration.truths import all_orders


def are_balanced(hall: Hall, entitled: dict[str, int]) -> None:
    """Each day's book adds up to zero, holds what its orders say, and all of them come to what was kept."""
    booked: dict[str, Entry] = {}
    for day in _days(hall):
        assert wiring.ledger().balance(day).total == 0, "the ledger does not balance"
        booked |= {each.id: each for each in wiring.ledger().store.entries(day)}
    orders = all_orders(hall)
    assert booked == {entry.id: entry for each in orders.values() for entry in each.entries}, (
        "not all is booked"
    )
    sums: Counter[str] = Counter()
    for entry in booked.values():
        sums.update(entry.postings)
    expected: Counter[str] = Counter()
    for order in (each for each in orders.values() if each.id in entitled):
        insured = {receivable(leg): order.legs.of(leg) for leg in NAMES if leg != "cash"}
        expected.update({CLEARING: order.legs.cash, payable(order.payee): -order.total_fen, **insured})
    assert _moved(sums) == _moved(expected), "the accounts are not what was kept"


def _days(hall: Hall) -> list[date]:
    first = hall.rules.at.astimezone(CHINA).date()
    last = hall.place.clock().astimezone(CHINA).date()
    return [first + timedelta(days=each) for each in range((last - first).days + 1)]


def _moved(sums: Counter[str]) -> dict[str, int]:
    return {account: amount for account, amount in sums.items() if amount}
