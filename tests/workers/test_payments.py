"""From a held slot to a booked appointment and back: whatever order things come in, and wherever a process dies."""

from collections.abc import Callable

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import (
    AlreadyRegistered,
    AppointmentNotOpen,
    CancelTooLate,
    HoldExpired,
)
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.errors import PaymentUnavailable
from chalicelib.payments.model import Order
from chalicelib.platform.dynamo import transact
from tests.api import Api
from tests.appointments import (
    Killed,
    Patient,
    Till,
    a_booking,
    a_patient,
    clinic_of,
    killed_before_call,
    killed_before_write,
    notify,
    place_of,
)
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp

MOST_CALLS = 60


def order_of(order: Order) -> Order:
    found = wiring.payments().find(order.id)
    assert found is not None
    return found


def messages(cloud: Cloud, kind: str) -> list[str]:
    """`kind` of notices, or `event` of hospital events, as the outbox carried them."""
    found = []
    for item in cloud.items():
        for each in item.get("outbox", {}).get("L", []):
            body = each["M"]["body"]["M"]
            found += [body[kind]["S"]] if kind in body else []
    return sorted(found)


def outstanding(cloud: Cloud) -> list[str]:
    """What the sweep must still look at; a booked appointment waits for nothing but its visit."""
    due = [item for item in cloud.items() if "due_kind" in item]
    return [item["pk"]["S"] for item in due if item.get("status") != {"S": "booked"}]


def booked(session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud) -> tuple[str, Order]:
    order = a_booking(session, patient, till, api, cloud)
    return order.about, order


# -- the way it should go
def test_a_payment_books_the_appointment_and_tells_the_hospital_and_the_citizen(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    appointment_id, order = booked(session, patient, till, api, cloud)
    seen = patient.sees(appointment_id)
    assert (seen.status, seen.confirmation) == ("booked", "waiting")
    assert seen.pickup_code is not None
    assert len(seen.pickup_code) == 8
    assert order_of(order).status == "paid"
    assert list(clinic_of(session).seen.slots.values()) == [-seen.hold.until_ms]
    assert messages(cloud, "event") == ["appointment.booked"]
    assert "appointment-booked" in messages(cloud, "kind")
    assert outstanding(cloud) == []


def test_paying_asks_for_one_trade_that_ends_with_the_hold(
    session: Session, patient: Patient, till: Till
) -> None:
    held = patient.hold(session, 3)
    first, again = patient.pay(held.id), patient.pay(held.id)
    assert first == again
    assert first.status == "paying"
    (asked,) = till.app.calls("alipay.trade.create")
    content = asked["biz_content"]
    assert content["total_amount"] == "50.00"
    assert content["out_trade_no"] == first.id
    assert content["product_code"] == "JSAPI_PAY"
    assert asked["notify_url"].endswith("/v1/payments/alipay/notify")


def test_the_hold_the_payment_and_the_view_over_the_wire(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    phone = Phone(api, till.app)
    phone.log_in()
    citizen_id = api.get("/v1/citizens/me", token=phone.token).json["id"]
    card = patient.card.model_copy(
        update={"citizen_id": citizen_id, "id": patient.card.id[:-1] + "Z", "person_id": "psn_x"}
    )
    entry = patient.citizen.account.wallet[patient.card.id]
    transact([*wiring.cards().store.bind(card), wiring.wallets().carry(citizen_id, card.id, entry)])
    asked = {"slotId": place_of(session, 3).id, "cardId": card.id}
    held = api.post("/v1/appointments", asked, token=phone.token)
    assert held.status == 201, held.body
    paid = api.post(f"/v1/appointments/{held.json['id']}/payment", token=phone.token)
    assert paid.status == 201, paid.body
    assert paid.json["order"]["legs"] == {"gov": 0, "acct": 0, "other": 0, "cash": 5000}
    order = wiring.payments().find(paid.json["order"]["id"])
    assert order is not None
    notify(api, till.pay(order))
    cloud.settle()
    seen = api.get(f"/v1/appointments/{held.json['id']}", token=phone.token).json
    assert seen["status"] == "booked"
    assert [each["id"] for each in api.get("/v1/appointments", token=phone.token).json["items"]] == [
        seen["id"]
    ]


# -- money and time
def test_a_payment_after_the_hold_still_books_while_nobody_took_the_slot(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    told = till.pay(order)
    clock.turn(minutes=12)
    notify(api, told)
    cloud.settle()
    assert patient.sees(held.id).status == "booked"
    assert order_of(order).status == "paid"


def test_a_payment_for_a_slot_that_went_to_somebody_else_goes_back_by_itself(
    session: Session,
    patient: Patient,
    other: Patient,
    till: Till,
    api: Api,
    cloud: Cloud,
    clock: HeldClock,
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    clock.turn(minutes=11)
    won = other.hold(session, 3)
    notify(api, till.pay(order))
    cloud.settle()
    lost = patient.sees(held.id)
    assert (lost.status, lost.reason) == ("cancelled", "hold_expired")
    assert order_of(order).status == "refunded"
    assert till.refunded(order)
    assert other.sees(won.id).status == "pending"
    assert "payment-refunded" in messages(cloud, "kind")


def test_an_unpaid_hold_is_swept_and_its_trade_closed(
    session: Session, patient: Patient, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    clock.turn(minutes=11)
    cloud.sweep()
    seen = patient.sees(held.id)
    assert (seen.status, seen.reason) == ("cancelled", "hold_expired")
    assert order_of(order).status == "closed"
    assert till.trades[order.id]["trade_status"] == "TRADE_CLOSED"
    assert clinic_of(session).seen.slots == {}
    assert outstanding(cloud) == []
    with pytest.raises(HoldExpired):
        patient.pay(held.id)


def test_a_hold_that_nobody_asked_to_pay_is_swept_too(
    session: Session, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    cloud.settle()
    clock.turn(minutes=11)
    cloud.sweep()
    assert patient.sees(held.id).status == "cancelled"
    assert clinic_of(session).seen.slots == {}


def test_the_sweep_of_a_lapsed_hold_leaves_its_next_holder_alone(
    session: Session, patient: Patient, other: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    patient.hold(session, 3)
    cloud.settle()
    clock.turn(minutes=11)
    won = other.hold(session, 3)
    cloud.sweep()
    assert other.sees(won.id).status == "pending"
    assert len(clinic_of(session).seen.slots) == 1


def test_a_payment_nobody_told_us_of_is_found_within_two_minutes(
    session: Session, patient: Patient, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    till.pay(order)
    clock.turn(minutes=2)
    cloud.sweep()
    assert patient.sees(held.id).status == "booked"
    assert order_of(order).status == "paid"


def test_a_payment_in_the_last_moment_is_found_by_the_sweep_of_the_hold(
    session: Session, patient: Patient, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    clock.turn(minutes=9, seconds=59)
    till.pay(order)
    clock.turn(minutes=1)
    cloud.sweep()
    assert patient.sees(held.id).status == "booked"


def test_the_sweep_assumes_nothing_while_the_gateway_is_silent(
    session: Session, patient: Patient, till: Till, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    till.pay(order)
    till.down = True
    clock.turn(minutes=11)
    cloud.sweep()
    assert (patient.sees(held.id).status, order_of(order).status) == ("pending", "paying")
    till.down = False
    cloud.sweep()
    assert (patient.sees(held.id).status, order_of(order).status) == ("booked", "paid")


def test_a_payment_a_day_late_goes_back(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    clock.turn(minutes=11)
    cloud.sweep()
    clock.turn(days=1)
    notify(api, till.pay(order))
    cloud.settle()
    assert order_of(order).status == "refunded"
    assert till.refunded(order)
    assert outstanding(cloud) == []


def test_a_refund_the_gateway_did_not_answer_is_tried_again_under_the_same_number(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    appointment_id, order = booked(session, patient, till, api, cloud)
    till.down = True
    patient.cancel(appointment_id)
    assert order_of(order).status == "refunding"
    till.down = False
    clock.turn(minutes=2)
    cloud.sweep()
    assert order_of(order).status == "refunded"
    assert len(till.refunds) == 1
    assert till.received_fen == 0


# -- repeated, reordered
def test_a_notification_told_many_times_has_one_effect(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    appointment_id, order = booked(session, patient, till, api, cloud)
    before = patient.sees(appointment_id)
    for _ in range(3):
        notify(api, till.tells(order))
        cloud.settle()
    assert patient.sees(appointment_id) == before


def test_a_notification_before_our_own_call_returned_is_not_lost(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    with pytest.raises(Killed), killed_before_write("UpdateItem"):
        patient.pay(held.id)
    order = wiring.payments().find(patient.sees(held.id).order_id)
    assert order is not None
    assert order.status == "created"
    notify(api, till.pay(order))
    cloud.settle()
    assert patient.sees(held.id).status == "booked"
    assert patient.pay(held.id).status == "paid"


def test_an_older_closing_notification_does_not_undo_a_payment(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    appointment_id, order = booked(session, patient, till, api, cloud)
    notify(api, till.tells(order, trade_status="TRADE_CLOSED"))
    cloud.settle()
    assert patient.sees(appointment_id).status == "booked"
    assert order_of(order).status == "paid"


def test_news_of_a_refund_changes_nothing_by_itself(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    appointment_id, order = booked(session, patient, till, api, cloud)
    patient.cancel(appointment_id)
    notify(api, till.tells(order, refund_fee="50.00", out_biz_no=order.refund_request_no))
    cloud.settle()
    assert order_of(order).status == "refunded"


# -- ending
def test_cancelling_a_held_slot_frees_it_and_closes_the_trade(
    session: Session, patient: Patient, other: Patient, till: Till, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    seen = patient.cancel(held.id)
    assert (seen.status, seen.reason) == ("cancelled", "cancelled_by_citizen")
    assert order_of(order).status == "closed"
    assert other.hold(session, 3).id != held.id
    cloud.settle()
    assert outstanding(cloud) == [f"CITIZEN#{other.citizen.id}"]


def test_cancelling_a_booked_appointment_gives_slot_and_money_back_and_tells_the_hospital(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    appointment_id, order = booked(session, patient, till, api, cloud)
    assert patient.cancel(appointment_id).status == "cancelled"
    assert patient.cancel(appointment_id).status == "cancelled"
    cloud.settle()
    assert order_of(order).status == "refunded"
    assert clinic_of(session).seen.slots == {}
    assert messages(cloud, "event") == ["appointment.cancelled"]
    assert outstanding(cloud) == []


def test_after_cancelling_one_may_hold_the_same_slot_again(
    session: Session, patient: Patient, till: Till, clock: HeldClock
) -> None:
    first = patient.hold(session, 3)
    patient.cancel(first.id)
    clock.turn(milliseconds=1)
    again = patient.hold(session, 3)
    assert again.id != first.id
    assert patient.sees(again.id).status == "pending"


def test_a_payment_that_crosses_a_cancellation_goes_back(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    held = patient.hold(session, 3)
    order = patient.pay(held.id)
    told = till.pay(order)
    patient.cancel(held.id)
    notify(api, told)
    cloud.settle()
    assert patient.sees(held.id).status == "cancelled"
    assert order_of(order).status == "refunded"
    assert till.received_fen == 0


def test_nobody_cancels_after_the_visit_began(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, clock: HeldClock
) -> None:
    appointment_id, _ = booked(session, patient, till, api, cloud)
    clock.now = session.starts_of(3)
    with pytest.raises(CancelTooLate):
        patient.cancel(appointment_id)


def test_a_cancelled_appointment_cannot_be_paid(session: Session, patient: Patient, till: Till) -> None:
    held = patient.hold(session, 3)
    patient.cancel(held.id)
    with pytest.raises(AppointmentNotOpen):
        patient.pay(held.id)


def test_a_hold_that_expired_cannot_be_paid(
    session: Session, patient: Patient, till: Till, clock: HeldClock
) -> None:
    held = patient.hold(session, 3)
    clock.turn(minutes=10)
    with pytest.raises(HoldExpired):
        patient.pay(held.id)


def test_a_booked_person_gets_no_second_slot_of_the_session(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud
) -> None:
    booked(session, patient, till, api, cloud)
    with pytest.raises(AlreadyRegistered):
        patient.hold(session, 4)


# -- the gateway silent, the process killed
def test_a_silent_gateway_is_a_payment_unavailable_and_paying_again_goes_on(
    session: Session, patient: Patient, till: Till
) -> None:
    held = patient.hold(session, 3)
    till.down = True
    with pytest.raises(PaymentUnavailable):
        patient.pay(held.id)
    till.down = False
    assert patient.pay(held.id).status == "paying"
    assert len(till.trades) == 1


def _settled(cloud: Cloud, clock: HeldClock) -> None:
    """Let everything come to rest: queues, then the sweep now and after the hold's end."""
    cloud.settle()
    for _ in range(2):
        clock.turn(minutes=6)
        cloud.sweep()


@pytest.mark.parametrize("step", ["pay", "settle", "cancel"])
def test_a_process_that_dies_between_any_two_steps_loses_nothing(
    session: Session, till: Till, api: Api, cloud: Cloud, clock: HeldClock, payment_app: PaymentApp, step: str
) -> None:
    """For every call k: die before it, let the rest of the world go on; in the end nobody has lost anything."""
    for number in range(MOST_CALLS):
        someone = a_patient(payment_app, clock)
        held = someone.hold(session, number % session.places)
        run = _prepared(step, someone, held.id, till, api)
        calls: list[str] = []
        died = _died(run, number, calls)
        if died and step == "pay":
            someone.pay(held.id)
        _come_to_rest(cloud, clock)
        _assert_fair(someone, held.id, till)
        assert outstanding(cloud) == []
        assert cloud.dead_letters() == []
        if not died:
            assert number == len(calls) > 3
            return
        _leave(someone, held.id, cloud, clock)
    raise AssertionError("the errand does not end")


def _prepared(step: str, someone: Patient, appointment_id: str, till: Till, api: Api) -> Callable[[], object]:
    if step == "pay":
        return lambda: someone.pay(appointment_id)
    told = till.pay(someone.pay(appointment_id))
    notify(api, told)
    if step == "settle":
        return lambda: wiring.payment_jobs()["payment.settle"]({"about": told["notify_id"]})
    return lambda: someone.cancel(appointment_id)


def _died(run: Callable[[], object], number: int, calls: list[str]) -> bool:
    try:
        with killed_before_call(number, calls):
            run()
    except Killed:
        return True
    return False


def _come_to_rest(cloud: Cloud, clock: HeldClock) -> None:
    """Queues and streams, then the sweep until after the hold's end."""
    cloud.settle()
    for _ in range(2):
        clock.turn(minutes=6)
        cloud.sweep()


def _assert_fair(someone: Patient, appointment_id: str, till: Till) -> None:
    """A booked appointment is paid and its slot confirmed; any other one holds neither slot nor money."""
    seen = someone.sees(appointment_id)
    order = wiring.payments().find(seen.order_id)
    assert order is not None
    value = _slot_value(seen)
    if seen.status == "booked":
        assert (order.status, value) == ("paid", -seen.hold.until_ms)
        return
    assert seen.status == "cancelled"
    assert order.status in {"closed", "refunded"}
    assert value is None
    paid = till.trades[order.id]["trade_status"] == "TRADE_SUCCESS"
    assert till.refunded(order) if order.status == "refunded" else not paid


def _slot_value(seen: Appointment) -> int | None:
    clinic = wiring.booking().clinics.find(seen.hold.clinic)
    assert clinic is not None
    mine = clinic.seen.people.get(seen.hold.person_key) == seen.hold.key
    return clinic.seen.slots[seen.hold.key] if mine else None


def _leave(someone: Patient, appointment_id: str, cloud: Cloud, clock: HeldClock) -> None:
    """Make room for the next try."""
    if someone.sees(appointment_id).status == "booked":
        someone.cancel(appointment_id)
        _come_to_rest(cloud, clock)
