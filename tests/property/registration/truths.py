"""What must hold of a registration hall, whatever happened in it. Looks at what is stored, and at the payment app."""

from chalicelib import wiring
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.payments.model import fen
from tests.appointments import clinic_of
from tests.property.registration.hall import Hall

OVER = ("pending", "cancelled", "entered-in-error")


def records(hall: Hall) -> list[Appointment]:
    """Every appointment that was written down."""
    store = wiring.booking().appointments
    found = [store.list_own(each.citizen.id, 100, None)[0] for each in hall.patients]
    return [each for own in found for each in own]


def standing(hall: Hall) -> list[Appointment]:
    """Appointments that somebody paid for and has."""
    return [each for each in records(hall) if each.status not in OVER]


def paid_for(hall: Hall) -> dict[str, int]:
    """Order -> fen of what standing appointments cost."""
    return {each.order_id: each.fee_fen for each in standing(hall)}


def no_slot_is_sold_twice(hall: Hall) -> None:
    """A standing appointment has its slot, and nobody else has it."""
    there = standing(hall)
    places = [(each.hold.clinic, each.hold.index) for each in there]
    assert len(set(places)) == len(places), "a slot was sold twice"
    seen = {found.number: found.seen for found in map(clinic_of, hall.sessions)}
    for each in there:
        hold = each.hold
        assert seen[hold.clinic].slots.get(hold.key) == -hold.until_ms, "a booked slot is not confirmed"
        assert seen[hold.clinic].people.get(hold.person_key) == hold.key, "a booked slot is another's"


def money_is_where_it_belongs(hall: Hall, entitled: dict[str, int]) -> None:
    """What came in and stayed is what it may be; every other payment went back."""
    for order_id, trade in hall.till.trades.items():
        order = wiring.payments().find(order_id)
        assert order is not None, "a trade without an order"
        assert order.legs.total == order.total_fen, "legs do not add up"
        kept = trade["trade_status"] == "TRADE_SUCCESS"
        assert kept == (order_id in entitled), f"{trade['trade_status']}, order {order.status}"
        if kept:
            assert order.status == "paid"
            assert fen(trade["total_amount"]) == order.legs.cash
            assert order.total_fen == entitled[order_id]
    assert entitled.keys() <= hall.till.trades.keys(), "an appointment that nobody paid for"
    assert hall.till.received_fen == sum(entitled.values())


def nothing_is_left_over(hall: Hall) -> None:
    """No hold that stands for ever, no message that was given up, no open cancellation."""
    now_ms = int(hall.place.clock().timestamp() * 1000)
    held = [value for each in hall.sessions for value in clinic_of(each).seen.slots.values() if value > 0]
    assert all(value <= now_ms for value in held), "a hold outlived its time"
    assert not hall.place.cloud.dead_letters(), "a message was given up"
    assert not [each for each in records(hall) if each.status == "pending"], "an appointment stays pending"
