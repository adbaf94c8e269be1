"""The waitlist on the wire."""

from chalicelib import wiring
from chalicelib.cards.errors import CardNotFound, CardNotUsable
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound
from chalicelib.payments.errors import PaymentRefused, PaymentUnavailable
from chalicelib.waitlist.errors import (
    AlreadyWaiting,
    EntryNotOpen,
    EntryUnknown,
    NoClinic,
    SlotsFree,
    TooManyEntries,
)
from chalicelib.waitlist.model.chance import Estimate
from chalicelib.waitlist.model.entry import Day, Entry
from chalicelib.waitlist.routes.wire import (
    EnterWaitlist,
    EntryList,
    EntryPayment,
    EntryQuery,
    EntryView,
    EstimateQuery,
    EstimateView,
    PrepaymentOrder,
)
from chalicelib.waitlist.service.waiting import Wish

routes = wiring.routes(__name__)


def _day(asked: EstimateQuery | EnterWaitlist) -> Day:
    return Day(hospital_id=asked.hospital_id, department_id=asked.department_id, date=asked.date)


def _estimate(found: Estimate) -> EstimateView:
    return EstimateView(**found.model_dump())


def _view(entry: Entry, position: int | None = None, chance: Estimate | None = None) -> EntryView:
    own = set(EntryView.model_fields) & set(Entry.model_fields)
    return EntryView(
        **{name: getattr(entry, name) for name in own},
        **entry.day.model_dump(),
        order_id=entry.order_id,
        position=position,
        estimated_success=_estimate(chance) if chance else None,
    )


@routes.on("GET", "/v1/waitlist-estimates", auth=wiring.citizen, errors=(NoClinic,))
def get_waitlist_estimate(caller: Citizen, query: EstimateQuery) -> EstimateView:  # noqa: ARG001  (any citizen may)
    """How likely a slot would be."""
    found, _ = wiring.chances().estimate(_day(query), query.practitioner_id, query.latest_fulfilment_at)
    return _estimate(found)


@routes.on(
    "POST",
    "/v1/waitlist-entries",
    status=201,
    auth=wiring.citizen,
    errors=(
        SlotsFree,
        NoClinic,
        AlreadyWaiting,
        TooManyEntries,
        CardNotFound,
        CardNotUsable,
        ActionNotMandated,
        MandateEnded,
        MandateNotFound,
        Unavailable,
    ),
)
def enter_waitlist(caller: Citizen, body: EnterWaitlist) -> EntryView:
    """Wait for a slot."""
    wish = Wish(_day(body), body.latest_fulfilment_at, body.practitioner_id)
    entry, chance = wiring.waiting().enter(caller, wish, body.card_id)
    return _view(entry, chance=chance)


@routes.on("GET", "/v1/waitlist-entries", auth=wiring.citizen)
def list_waitlist_entries(caller: Citizen, query: EntryQuery) -> EntryList:
    """My places in queues."""
    found, cursor = wiring.waiting().list_own(caller, query.limit, query.cursor)
    return EntryList(items=[_view(each) for each in found], cursor=cursor)


@routes.on("GET", "/v1/waitlist-entries/{entry_id}", auth=wiring.citizen, errors=(EntryUnknown,))
def get_waitlist_entry(caller: Citizen, entry_id: str) -> EntryView:
    """One of my places in queues."""
    entry = wiring.waiting().get(caller, entry_id)
    return _view(entry, wiring.waiting().position(entry))


@routes.on(
    "POST",
    "/v1/waitlist-entries/{entry_id}/payment",
    status=201,
    auth=wiring.citizen,
    errors=(EntryUnknown, EntryNotOpen, PaymentRefused, PaymentUnavailable, Unavailable),
    repeatable=True,  # one order per entry, under an id that follows from it
)
def pay_waitlist_entry(caller: Citizen, entry_id: str) -> EntryPayment:
    """Prepay; the place in the queue counts from the payment."""
    order = wiring.prepaying().pay(caller, entry_id)
    return EntryPayment(
        order=PrepaymentOrder(
            id=order.id,
            out_trade_no=order.id,
            trade_no=order.trade_no,
            status=order.status,
            total_fen=order.total_fen,
        )
    )


@routes.on(
    "POST",
    "/v1/waitlist-entries/{entry_id}/withdraw",
    auth=wiring.citizen,
    errors=(EntryUnknown, EntryNotOpen, Unavailable),
    repeatable=True,  # withdrawing twice is withdrawing once
)
def withdraw_waitlist_entry(caller: Citizen, entry_id: str) -> EntryView:
    """Leave the queue; what was paid goes back."""
    return _view(wiring.prepaying().withdraw(caller, entry_id))
