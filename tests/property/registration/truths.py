"""What must hold of a registration hall, whatever happened in it. Looks at what is stored, and at the payment app."""

from chalicelib import wiring
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.limits import Entry
from chalicelib.appointments.model.places import milliseconds
from chalicelib.payments.model import Order, fen
from chalicelib.policies.model import Policy
from chalicelib.types import CHINA
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
    """A standing appointment has its slot, and nobody else has it; no person is in a session twice."""
    there = standing(hall)
    places = [(each.hold.clinic, each.hold.index) for each in there]
    assert len(set(places)) == len(places), "a slot was sold twice"
    people = [(each.hold.clinic, each.hold.person) for each in there]
    assert len(set(people)) == len(people), "a person is in a session twice"
    seen = {found.number: found.seen for found in map(clinic_of, hall.sessions)}
    for each in there:
        hold = each.hold
        assert seen[hold.clinic].slots.get(hold.key) == -hold.until_ms, "a booked slot is not confirmed"
        assert seen[hold.clinic].people.get(hold.person_key) == hold.key, "a booked slot is another's"


def a_hold_is_kept(hall: Hall) -> None:
    """Until its end a hold that nobody gave up keeps its slot, if the session takes place."""
    now = hall.place.clock()
    waiting = [each for each in records(hall) if each.status == "pending" and each.hold_expires_at > now]
    clinics = {found.number: found for found in map(clinic_of, hall.sessions)}
    for each in waiting:
        seen = clinics[each.hold.clinic].seen
        assert abs(seen.slots.get(each.hold.key, 0)) == each.hold.until_ms, (
            "a hold lost its slot before its end"
        )
        assert seen.people.get(each.hold.person_key) == each.hold.key, "a held slot is another's"


def no_slot_is_lost(hall: Hall) -> None:
    """Whatever keeps others out of a slot is somebody's appointment, and what is shown is what is."""
    taken = {(each.hold.clinic, each.hold.key) for each in standing(hall)}
    for clinic in map(clinic_of, hall.sessions):
        seen = clinic.seen
        confirmed = {slot for slot, value in seen.slots.items() if value < 0}
        assert all((clinic.number, slot) in taken for slot in confirmed), "a slot is confirmed for nobody"
        assert set(seen.people.values()) <= seen.slots.keys(), "somebody has a slot that is free"
        shown = wiring.booking().availability.find(clinic)
        assert shown is not None
        assert (shown.taken, shown.stopped) == (seen.slots, clinic.stopped), (
            "it is shown otherwise than it is"
        )


def nobody_has_too_many(hall: Hall) -> None:
    """No person has more appointments on a day than the city allows; until the day is over, each counts there."""
    most = hall.rules.city.get("most_per_day", Policy().most_per_day)
    limits = wiring.booking().limiting.store
    today = hall.place.clock().astimezone(CHINA).date()
    for person in {each.card.person_id for each in hall.patients}:
        cards = {each.card.id for each in hall.patients if each.card.person_id == person}
        own = [each for each in standing(hall) if each.card_id in cards]
        days = {each.starts_at.astimezone(CHINA).date() for each in own}
        for day in days:
            there = [each for each in own if each.starts_at.astimezone(CHINA).date() == day]
            assert len(there) <= most, "more appointments than the city allows"
            claims = {Entry(each.hold.clinic, each.hold.until_ms) for each in there}
            assert day < today or claims <= set(limits.find(person).day(day).entries), (
                "an appointment does not count on its day"
            )


def money_is_where_it_belongs(hall: Hall, entitled: dict[str, int]) -> None:
    """What came in and stayed is what it may be; every other payment went back. Every order's legs add up."""
    orders = all_orders(hall)
    assert hall.till.trades.keys() <= orders.keys(), "a trade without an order"
    assert entitled.keys() <= orders.keys(), "an appointment that nobody paid for"
    for order in orders.values():
        assert order.legs.total == order.total_fen, "legs do not add up"
        trade = hall.till.trades.get(order.id, {"trade_status": "none"})
        if order.id not in entitled:
            assert order.status in ("closed", "refunded"), f"an order stays {order.status}"
            assert trade["trade_status"] != "TRADE_SUCCESS", "money is kept for nothing"
            continue
        assert (order.status, order.total_fen) == ("paid", entitled[order.id]), f"it was {order.status}"
        if order.legs.cash:
            assert trade["trade_status"] == "TRADE_SUCCESS", "an appointment that nobody paid for"
            assert fen(trade["total_amount"]) == order.legs.cash
    kept = [order.legs.cash for order in orders.values() if order.id in entitled]
    assert hall.till.received_fen == sum(kept)


def all_orders(hall: Hall) -> dict[str, Order]:
    """Every order that was kept."""
    keys = [item["pk"]["S"] for item in hall.place.cloud.items() if item["sk"]["S"] == "ORDER"]
    found = [wiring.payments().find(each.removeprefix("ORDER#")) for each in keys]
    return {each.id: each for each in found if each}


def nothing_is_left_over(hall: Hall) -> None:
    """No hold that stands for ever, no message that was given up, nobody in a session that was stopped."""
    now_ms = milliseconds(hall.place.clock())
    clinics = [clinic_of(each) for each in hall.sessions]
    held = [value for each in clinics for value in each.seen.slots.values() if value > 0]
    assert all(value <= now_ms for value in held), "a hold outlived its time"
    assert not hall.place.cloud.dead_letters(), "a message was given up"
    assert not [each for each in records(hall) if each.status == "pending"], "an appointment stays pending"
    stopped = {each.number for each in clinics if each.stopped}
    waiting = [each for each in standing(hall) if each.status in ("booked", "checked-in")]
    assert not [each for each in waiting if each.hold.clinic in stopped], (
        "somebody waits at a stopped session"
    )


def the_day_is_over(hall: Hall) -> None:
    """Nobody is expected any more, whoever was missed counts once, and the sweep has nothing left to look at."""
    assert not [each for each in records(hall) if each.status == "booked"], "somebody is still expected"
    for person in {each.card.person_id for each in hall.patients}:
        cards = {each.card.id for each in hall.patients if each.card.person_id == person}
        missed = {
            each.id
            for each in records(hall)
            if (each.status, each.confirmation) == ("noshow", "accepted") and each.card_id in cards
        }
        assert wiring.sanctions().store.strikes(person).missed.keys() == missed, (
            "strikes are not what was missed"
        )
    due = {item["due_kind"]["S"] for item in hall.place.cloud.items() if "due_kind" in item}
    assert due <= {"sanction", "case"}, f"{due} stays open"  # what people decide, in days
