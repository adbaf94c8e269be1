"""The errand in a world that fails: every knob of the sandbox turned against the packaged template.

Each test is one citizen. What went wrong gets its own problem code, changes nothing, and heals.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest

from sandbox.journey import Errand
from sandbox.visitor import Visitor
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]


@pytest.fixture
def errand(stack: Stack) -> Errand:
    """A citizen at the very beginning."""
    return Errand(Visitor(stack.place.url, stack.place.url), random.Random())


@contextmanager
def standing(stack: Stack, **faults: Any) -> Iterator[None]:
    """These faults, and afterwards none."""
    address = f"{stack.place.url}/sandbox/faults"
    with urlopen(Request(address, json.dumps(faults).encode(), method="PUT")) as answer:
        assert answer.status == 200
    try:
        yield
    finally:
        with urlopen(Request(address, method="DELETE")) as answer:
            assert answer.status == 200


def refused(errand: Errand, path: str, body: dict[str, Any] | None = None, *, status: int) -> str:
    """The problem code with which a call is refused."""
    return str(errand.visitor.post(path, body, accept=(status,))["code"])


def with_a_hold(errand: Errand) -> str:
    """A citizen who holds a slot and has an order to pay; the trade's number."""
    for step in (Errand.login, Errand.face, Errand.bind_card, Errand.find_slot, Errand.hold):
        step(errand)
    order = errand.visitor.post(f"/v1/appointments/{errand.appointment['id']}/payment")["order"]
    return str(order["tradeNo"])


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("down", "department-unavailable"),
        ("lying", "department-answer-invalid"),
        ("forged", "department-answer-invalid"),
        ("unsigned", "department-answer-invalid"),
        ("malformed", "department-answer-invalid"),
    ],
)
def test_a_department_that_cannot_be_believed_binds_nothing(
    stack: Stack, errand: Errand, kind: str, code: str
) -> None:
    errand.login()
    errand.face()
    asked = {"verificationId": errand.verification}
    with standing(stack, department={"social-security": {"kind": kind}}):
        assert refused(errand, "/v1/cards", asked, status=503) == code
    assert errand.visitor.get("/v1/cards", "items") == []
    errand.bind_card()
    assert len(errand.visitor.get("/v1/cards", "items")) == 1


def test_a_gateway_that_is_down_leaves_the_auth_code_good(stack: Stack, errand: Errand) -> None:
    person = errand.visitor.get("/sandbox/people", "items")[30]
    code = errand.visitor.post("/sandbox/payment-app/auth-codes", {"userId": person["userId"]})
    with standing(stack, gateway={"kind": "down"}):
        assert refused(errand, "/v1/sessions", code, status=503) == "unavailable"
    errand.visitor.post("/v1/sessions", code)
    assert refused(errand, "/v1/sessions", code, status=401) == "auth-code-invalid"


@pytest.mark.parametrize("fault", ["failed", "pending"])
def test_a_face_that_did_not_pass_binds_nothing(stack: Stack, errand: Errand, fault: str) -> None:
    errand.login()
    with standing(stack, face={"outcome": fault}), pytest.raises(Exception, match=f"is {fault}"):
        errand.face()
    code = refused(errand, "/v1/cards", {"verificationId": errand.verification}, status=409)
    assert code == {"failed": "face-not-passed", "pending": "face-pending"}[fault]


def test_a_renewed_certificate_of_the_payment_app_is_fetched_and_kept(stack: Stack, errand: Errand) -> None:
    name = errand.visitor.post("/sandbox/payment-app/certificates/renewal")["alipayCertSn"]
    trade_no = with_a_hold(errand)
    errand.visitor.post(f"/sandbox/payment-app/trades/{trade_no}/pay")
    booked = errand.until(
        lambda: errand.visitor.get(f"/v1/appointments/{errand.appointment['id']}"),
        lambda a: a["status"] == "booked",
    )
    assert booked["payment"]["status"] == "paid"
    cloud = stack.client("dynamodb")
    (table,) = [each for each in cloud.list_tables()["TableNames"] if "CoreTable" in each]
    key = {"pk": {"S": "PAYMENT-APP-TRUST"}, "sk": {"S": f"CERTIFICATE#{name}"}}
    assert "Item" in cloud.get_item(TableName=table, Key=key)


def test_a_code_is_decoded_once(errand: Errand) -> None:
    for step in (Errand.login, Errand.face, Errand.bind_card, Errand.show_code, Errand.decode):
        step(errand)
    shop = errand.visitor.get("/sandbox/institutions?kind=pharmacy", "items")[0]
    scanned = {"code": errand.code, "businessType": "02121"}
    assert refused(errand, f"/sandbox/institutions/{shop['id']}/decode", scanned, status=409) == "code-used"


@pytest.mark.parametrize("kind", ["doubled", "forged", "late", "reordered"])
def test_a_payment_is_told_badly_and_books_once(stack: Stack, errand: Errand, kind: str) -> None:
    trade = with_a_hold(errand)
    with standing(stack, notification={"kind": kind, "seconds": 1}):
        errand.visitor.post(f"/sandbox/payment-app/trades/{trade}/pay")
        errand.confirm()
    hospital = errand.appointment["hospitalId"]
    received = errand.visitor.get(f"/sandbox/institutions/{hospital}/events", "items")
    about = [each for each in received if each["event"]["subject"] == errand.appointment["id"]]
    assert [each["verified"] for each in about] == [True]


def test_a_strangers_notification_books_nothing(errand: Errand) -> None:
    trade = with_a_hold(errand)
    told = errand.visitor.post(f"/sandbox/payment-app/trades/{trade}/forge-notification")
    assert told["status"] == 401
    assert errand.visitor.get(f"/v1/appointments/{errand.appointment['id']}")["status"] == "pending"
    errand.visitor.post(f"/sandbox/payment-app/trades/{trade}/pay")
    errand.confirm()


def test_a_notification_sent_again_changes_nothing(errand: Errand) -> None:
    trade = with_a_hold(errand)
    errand.visitor.post(f"/sandbox/payment-app/trades/{trade}/pay")
    errand.confirm()
    before = errand.visitor.get(f"/v1/appointments/{errand.appointment['id']}")
    raised = errand.visitor.get("/sandbox/payment-app/notifications", "items")
    notify_id = next(each["id"] for each in raised if each["tradeNo"] == trade)
    assert errand.visitor.post(f"/sandbox/payment-app/notifications/{notify_id}/resend")["notified"]
    assert errand.visitor.get(f"/v1/appointments/{errand.appointment['id']}") == before
