"""A payment order on the wire: its legs, how the insurance stands to it, and why it does not share."""

from typing import Literal

from chalicelib.payments.model import Note, Order
from chalicelib.payments.model import Status as OrderStatus
from chalicelib.payments.model.legs import NAMES, LegState
from chalicelib.types import Fen, Wire


class LegsView(Wire):
    """Who bears how much: pooled fund, personal account, other funds, cash."""

    gov: Fen
    acct: Fen
    other: Fen
    cash: Fen


class LegStatesView(Wire):
    """How each leg stands."""

    gov: LegState
    acct: LegState
    other: LegState
    cash: LegState


class NoteView(Wire):
    """A sentence for the citizen."""

    zh: str
    en: str


class InsuranceView(Wire):
    """How the medical insurance stands to an order; `note` says why it does not share where it was asked to."""

    standing: Literal["none", "quoted", "settled", "refused", "abandoned"]
    note: NoteView | None


class PaidView(Wire):
    """How the money of an appointment stands; of `totalFen`, `refundedFen` have gone back."""

    order_id: str
    status: OrderStatus
    total_fen: Fen
    refunded_fen: Fen
    legs: LegsView
    leg_states: LegStatesView
    insurance: InsuranceView


class PayAppointment(Wire):
    """Whether the patient's medical insurance is to bear its share; the first request for an appointment counts."""

    use_insurance: bool = True


class OrderView(Wire):
    """A payment order; `tradeNo` is what `my.tradePay` wants, for the cash leg; without cash there is none."""

    id: str
    out_trade_no: str
    trade_no: str | None
    status: OrderStatus
    total_fen: Fen
    legs: LegsView
    leg_states: LegStatesView
    insurance: InsuranceView


class PaymentView(Wire):
    """The appointment's order; none where there is nothing to pay, and the appointment is booked."""

    order: OrderView | None


_NOTES: dict[Note, NoteView] = {
    "insurer-unavailable": NoteView(
        zh="医保系统暂无响应，本次费用由您全额自费支付。",
        en="The medical insurance does not answer, so you pay the whole fee yourself.",
    ),
    "not-insured": NoteView(
        zh="未查询到就诊人的参保信息，本次费用由您全额自费支付。",
        en="No medical insurance was found for the patient, so you pay the whole fee yourself.",
    ),
    "card-not-usable": NoteView(
        zh="就诊人的社保卡当前不可用于医保结算，本次费用由您全额自费支付。",
        en="The patient's card cannot be used for the insurance now, so you pay the whole fee yourself.",
    ),
    "insurer-refused": NoteView(
        zh="医保不承担本次费用，由您全额自费支付。",
        en="The medical insurance bears nothing of this fee, so you pay all of it yourself.",
    ),
    "not-settled": NoteView(
        zh="医保未能完成结算，本次预约未成功；您已支付的自费金额会自动退回。",
        en="The medical insurance did not settle, so there is no appointment; what you paid comes back by itself.",
    ),
}


def order_view(order: Order) -> OrderView:
    """An order as its citizen pays it."""
    return OrderView(
        id=order.id,
        out_trade_no=order.id,
        trade_no=order.trade_no,
        status=order.status,
        total_fen=order.total_fen,
        legs=_legs(order),
        leg_states=_leg_states(order),
        insurance=_insurance(order),
    )


def paid_view(order: Order) -> PaidView:
    """An order as its citizen sees it beside the appointment."""
    return PaidView(
        order_id=order.id,
        status=order.status,
        total_fen=order.total_fen,
        refunded_fen=order.refunded_fen,
        legs=_legs(order),
        leg_states=_leg_states(order),
        insurance=_insurance(order),
    )


def _legs(order: Order) -> LegsView:
    return LegsView(**order.legs.model_dump())


def _leg_states(order: Order) -> LegStatesView:
    return LegStatesView(**{leg: order.leg_state(leg) for leg in NAMES})


def _insurance(order: Order) -> InsuranceView:
    note = _NOTES[order.insurance_note] if order.insurance_note else None
    return InsuranceView(standing=order.insurance.standing if order.insurance else "none", note=note)
