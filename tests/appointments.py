"""A hospital with slots, patients with cards, and the payment app's till, as tests of registration play them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import Place, clinic_number
from chalicelib.appointments.model.records import Held
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.cards.model.card import Card, Physical, reference
from chalicelib.identity.model.accounts import Citizen, Role, WalletEntry
from chalicelib.payments.model import Order, fen, yuan
from chalicelib.platform import aws
from chalicelib.platform.dynamo import transact
from chalicelib.types import CHINA, new_id
from tests.api import Api, ApiAnswer
from tests.builders import an_auth_code
from tests.clock import HeldClock
from tests.cloud import Cloud, client
from tests.fakes import PaymentApp
from tests.parties import HOSPITAL

DEPARTMENT = "dep_01JADEPARTMENT00000000000A"
NOTIFY = "/v1/payments/alipay/notify"
CARD_NUMBER = "A12345678"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def a_session(clock: HeldClock, *, places: int = 14, doctor: str = "A", at: time = time(8, 0)) -> Session:
    """A clinic session of tomorrow in China."""
    tomorrow = clock().astimezone(CHINA).date() + timedelta(days=1)
    return Session(
        hospital_id=HOSPITAL,
        hospital_name="杭州市第一人民医院",
        department_id=DEPARTMENT,
        department_name="内科",
        practitioner_id=f"prc_01JADOCT0R0000000000000A{doctor}",
        practitioner_name="沈敏",
        practitioner_title="主任医师",
        starts_at=datetime.combine(tomorrow, at, CHINA).astimezone(UTC),
        minutes=15,
        places=places,
        fee_fen=50_00,
    )


def place_of(session: Session, index: int) -> Place:
    """A slot of a published session."""
    return session.place(clinic_number(session.practitioner_id, session.starts_at), index)


def published(session: Session) -> Session:
    """The session, published."""
    wiring.directory().publish([session])
    return session


def clinic_of(session: Session) -> Clinic:
    """The session's own item."""
    found = wiring.booking().clinics.find(place_of(session, 0).clinic)
    assert found is not None
    return found


def day_of(session: Session) -> date:
    """The session's day in China."""
    return session.starts_at.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class Patient:
    """A citizen with a card, who knows the way through the service's use-cases."""

    citizen: Citizen
    card: Card

    def hold(self, session: Session, index: int) -> Held:
        """Hold a slot."""
        return wiring.booking().hold(self.citizen, place_of(session, index).id, self.card.id)

    def pay(self, appointment_id: str) -> Order:
        """Open the payment."""
        order = wiring.paying().pay(self.citizen, appointment_id)
        assert order is not None
        return order

    def cancel(self, appointment_id: str) -> Appointment:
        """Cancel."""
        return wiring.ending().cancel(self.citizen, appointment_id)

    def sees(self, appointment_id: str) -> Appointment:
        """The appointment as it stands."""
        return wiring.booking().get(self.citizen, appointment_id)


def a_patient(payment_app: PaymentApp, clock: HeldClock, person: str = "") -> Patient:
    """Somebody new with a card; `person` names the human being."""
    payment_app.says("alipay.system.oauth.token", {"open_id": an_auth_code(), "expires_in": 300})
    account = wiring.sessions().log_in(an_auth_code()).account
    card_id = new_id("card", clock())
    card = Card(
        id=card_id,
        citizen_id=account.id,
        person_id=person or new_id("psn", clock()),
        holder="张*",
        number_masked="A1****78",
        id_number_masked="3301**********0018",
        region="330100",
        sealed=b"-",
        number_sealed=wiring.identity_sealer().seal({"number": CARD_NUMBER}, {"card": card_id}),
        physical_ref="0" * 32,
        physical=Physical.ACTIVE,
        physical_version=1,
        bound_at=clock(),
        version=1,
    )
    entry = WalletEntry(
        reference=reference(card.id), role=Role.OWN, status="bound", level=1, holder=card.holder
    )
    transact([*wiring.cards().store.bind(card), wiring.wallets().carry(account.id, card.id, entry)])
    carrying = account.model_copy(update={"wallet": {card.id: entry}})
    return Patient(Citizen(id=account.id, session_id="ses", account=carrying), card)


def with_another_account(patient: Patient, payment_app: PaymentApp) -> Patient:
    """The same person's card in another account, as a family member carries it."""
    payment_app.says("alipay.system.oauth.token", {"open_id": an_auth_code(), "expires_in": 300})
    account = wiring.sessions().log_in(an_auth_code()).account
    card = patient.card
    entry = patient.citizen.account.wallet[card.id]
    transact([wiring.wallets().carry(account.id, card.id, entry)])
    carrying = account.model_copy(update={"wallet": {card.id: entry}})
    return Patient(Citizen(id=account.id, session_id="ses", account=carrying), card)


@dataclass
class Till:
    """The payment app's trades, kept as the platform keeps them: one per out_trade_no, each refund once."""

    app: PaymentApp
    trades: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, str] = field(default_factory=dict)
    down: bool = False
    silent: bool = False
    """A refund is answered, but no money moves."""
    partly: bool = False
    """A refund reached some of its channels only."""
    notices: int = 0

    def __post_init__(self) -> None:
        for method in ("create", "query", "close", "refund", "fastpay.refund.query"):
            answer = getattr(self, f"_{method.replace('.', '_')}")
            self.app.says(f"alipay.trade.{method}", self._unless_down(answer))

    def _unless_down(self, answer: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        return lambda asked: {"broken": 502} if self.down else answer(asked["biz_content"])

    def _create(self, content: dict[str, Any]) -> dict[str, Any]:
        trade = self.trades.setdefault(
            content["out_trade_no"],
            {
                "out_trade_no": content["out_trade_no"],
                "trade_no": f"2026{len(self.trades):024d}",
                "total_amount": content["total_amount"],
                "trade_status": "WAIT_BUYER_PAY",
            },
        )
        refusals = {"TRADE_SUCCESS": "ACQ.TRADE_HAS_SUCCESS", "TRADE_CLOSED": "ACQ.TRADE_HAS_CLOSE"}
        refusal = refusals.get(trade["trade_status"])
        return {"code": "40004", "sub_code": refusal} if refusal else trade

    def _query(self, content: dict[str, Any]) -> dict[str, Any]:
        absent = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        return self.trades.get(content["out_trade_no"], absent)

    def _close(self, content: dict[str, Any]) -> dict[str, Any]:
        trade = self._query(content)
        if trade.get("trade_status") != "WAIT_BUYER_PAY":
            return {"code": "40004", "sub_code": trade.get("sub_code", "ACQ.TRADE_STATUS_ERROR")}
        trade["trade_status"] = "TRADE_CLOSED"
        return trade

    def _refund(self, content: dict[str, Any]) -> dict[str, Any]:
        trade, request = self._query(content), content["out_request_no"]
        if request in self.refunds:
            same = self.refunds[request] == content["refund_amount"]
            return trade | {"fund_change": "N"} if same else _refusal("ACQ.DISCORDANT_REPEAT_REQUEST")
        if trade["trade_status"] != "TRADE_SUCCESS":
            return _refusal("ACQ.TRADE_STATUS_ERROR")
        if self.silent:
            return trade | {"fund_change": "N"}
        left = fen(trade["total_amount"]) - self.given_back_fen(content["out_trade_no"])
        if fen(content["refund_amount"]) > left:
            return _refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        self.refunds[request] = content["refund_amount"]
        if fen(content["refund_amount"]) == left:
            trade["trade_status"] = "TRADE_CLOSED"
        return trade | {"fund_change": "Y", "refund_fee": content["refund_amount"]}

    def given_back_fen(self, order_id: str) -> int:
        """What of an order's trade went back."""
        first = order_id.replace("ord_", "rfd_")
        return sum(fen(amount) for number, amount in self.refunds.items() if number.startswith(first))

    def _fastpay_refund_query(self, content: dict[str, Any]) -> dict[str, Any]:
        if self.partly:
            return {"refund_status": "REFUND_SUCCESS", "refund_channel_status": "PART_SUCCESS"}
        known = content["out_request_no"] in self.refunds
        return {"refund_status": "REFUND_SUCCESS"} if known else {}

    def pay(self, order: Order) -> dict[str, str]:
        """`my.tradePay`: the trade is paid; returns the notification that is sent."""
        self.trades[order.id]["trade_status"] = "TRADE_SUCCESS"
        return self.tells(order)

    def tells(self, order: Order, **changed: str) -> dict[str, str]:
        """A signed notification of how the order's trade stands, with some values changed."""
        self.notices += 1
        trade = self.trades[order.id]
        values = {name: trade[name] for name in ("out_trade_no", "trade_no", "total_amount", "trade_status")}
        told = {
            "notify_type": "trade_status_sync",
            "notify_id": f"2026112300222{self.notices:020d}",
            "seller_id": self.app.seller_id,
            "subject": "挂号费 100% + 1",
            **values,
        }
        return self.app.notification(**(told | changed))

    @property
    def received_fen(self) -> int:
        """What came in and stayed."""
        paid = [each for each in self.trades.values() if each["trade_status"] == "TRADE_SUCCESS"]
        return sum(fen(each["total_amount"]) - self.given_back_fen(each["out_trade_no"]) for each in paid)

    def refunded(self, order: Order) -> bool:
        """Whether the order's money went back, wholly."""
        return self.refunds.get(order.refund_request_no) == yuan(order.total_fen)


def _refusal(sub_code: str) -> dict[str, Any]:
    return {"code": "40004", "sub_code": sub_code}


def notify(api: Api, told: dict[str, str]) -> ApiAnswer:
    """The payment app sends a notification."""
    return api.post(NOTIFY, urlencode(told).encode(), headers=FORM)


def a_booking(
    session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud, index: int = 3
) -> Order:
    """The order of an appointment that is paid and booked, with everything that follows from it."""
    order = patient.pay(patient.hold(session, index).id)
    notify(api, till.pay(order))
    cloud.settle()
    return order


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_before_call(number: int, calls: list[str]) -> Iterator[None]:
    """End the process before its `number`th call of the cloud (from 0); `calls` keeps the names of those made."""

    def hook(model: Any, **_: object) -> None:
        if len(calls) == number:
            raise Killed
        calls.append(model.name)

    with _hooked(hook):
        yield


@contextmanager
def killed_before_write(operation: str) -> Iterator[None]:
    """End the process before its first call of `operation`."""

    def hook(model: Any, **_: object) -> None:
        if model.name == operation:
            raise Killed

    with _hooked(hook):
        yield


def the_rules(**values: int) -> None:
    """Let these rules be in force at the hospital."""
    numbers = {name: {"N": str(value)} for name, value in values.items()}
    item = {"pk": {"S": f"POLICY#{HOSPITAL}"}, "sk": {"S": "ACTIVE"}, "version": {"N": "1"}, **numbers}
    client("dynamodb").put_item(TableName="CoreTable", Item=item)
    wiring.policies()._known.clear()  # a process trusts for a minute what it read when the slot was paid


def before_the_write(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen once, after an appointment's record was read and before it is moved."""
    move = AppointmentStore.move
    to_come = [act]

    def crossed(store: AppointmentStore, *asked: Any, **changes: Any) -> Appointment:
        if to_come:
            to_come.pop()()
        return move(store, *asked, **changes)

    monkeypatch.setattr(AppointmentStore, "move", crossed)


@contextmanager
def _hooked(hook: Callable[..., None]) -> Iterator[None]:
    clients = [client.meta.events for client in (aws.dynamodb(), aws.sqs(), aws.kms())]
    for events in clients:
        events.register_first("before-call", hook)
    try:
        yield
    finally:
        for events in clients:
            events.unregister("before-call", hook)
