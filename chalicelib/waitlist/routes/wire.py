"""What the waitlist says and takes on the wire."""

import datetime as dt
from typing import Annotated

from pydantic import AwareDatetime, Field

from chalicelib.payments.model import Status as OrderStatus
from chalicelib.types import Fen, Moment, Wire
from chalicelib.waitlist.model.chance import Word
from chalicelib.waitlist.model.entry import Status

_Id = Annotated[str, Field(min_length=1, max_length=64)]


class EstimateQuery(Wire):
    """A department's day in China, perhaps one practitioner's; until when one would wait."""

    hospital_id: _Id
    department_id: _Id
    date: dt.date
    practitioner_id: _Id | None = None
    latest_fulfilment_at: AwareDatetime | None = None


class EstimateView(Wire):
    """How likely a slot is (percent), the facts behind it, what would be prepaid, and the latest possible deadline."""

    percent: int
    word: Word
    free_slots: int
    ahead: int
    returned_lately: int
    fee_fen: Fen
    latest_possible: Moment


class EnterWaitlist(Wire):
    """Which queue, until when, for whose card."""

    hospital_id: _Id
    department_id: _Id
    date: dt.date
    practitioner_id: _Id | None = None
    latest_fulfilment_at: AwareDatetime
    card_id: _Id


class EntryView(Wire):
    """A place in a queue.

    `position` counts those who have paid; it is told for one entry alone that waits. `fee_fen` is prepaid, `cost_fen`
    what the slot cost that came of it.
    """

    id: str
    status: Status
    hospital_id: str
    hospital_name: str
    department_id: str
    date: dt.date
    practitioner_id: str | None
    card_id: str
    fee_fen: Fen
    cost_fen: Fen | None
    latest_fulfilment_at: Moment
    pay_by: Moment
    position: int | None
    appointment_id: str | None
    order_id: str
    estimated_success: EstimateView | None


class EntryQuery(Wire):
    """Which page."""

    cursor: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class EntryList(Wire):
    """A page of entries, the newest first."""

    items: list[EntryView]
    cursor: str | None


class PrepaymentOrder(Wire):
    """A payment order; `tradeNo` is what `my.tradePay` wants."""

    id: str
    out_trade_no: str
    trade_no: str | None
    status: OrderStatus
    total_fen: Fen


class EntryPayment(Wire):
    """The entry's order."""

    order: PrepaymentOrder
