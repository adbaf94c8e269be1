"""What the insurer answers counts only if it signed it, about this very request, and its sums are right."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from chalicelib.errors import Unavailable
from chalicelib.payments.insurer import HttpInsurer
from chalicelib.payments.model import Declined, Insured, Legs, Order, Quote, Refund
from chalicelib.platform.clock import held
from chalicelib.platform.signatures import RequestSigner
from tests.appointments import CARD_NUMBER
from tests.clock import HeldClock
from tests.fakes import World
from tests.insurer import Insurance, an_insurance
from tests.sandbox.service import LocalSigner

BENT = [
    "down",
    "lost",
    "another-issuer",
    "another-number",
    "another-request",
    "another-status",
    "another-type",
    "forged",
    "future",
    "malformed",
]
NOW = HeldClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
INSURED = Insured(person_id="psn_1", card_number=CARD_NUMBER, region="330100")


class Unregistered(Insurance):
    """The insurance, asked without a cloud."""

    def connect(self) -> None:
        """Nobody need know it."""


@pytest.fixture
def insurance(world: World) -> Iterator[Insurance]:
    with held(NOW):
        yield Unregistered(world)


@pytest.fixture
def insurer() -> HttpInsurer:
    signer: Any = LocalSigner(generate_private_key(SECP256R1()), "k")
    return HttpInsurer(RequestSigner(signer))


def an_order(*, quoted: bool = True) -> Order:
    return Order(
        id="ord_01JAAAAAAAAAAAAAAAAAAAAAAA",
        about="apt_1",
        citizen_id="ctz_1",
        subject="s",
        total_fen=50_00,
        legs=Legs(gov=20_00, acct=10_00, cash=20_00) if quoted else Legs(cash=50_00),
        pay_by=NOW(),
        insurance=an_insurance("quoted", "pre_01JAAAAAAAAAAAAAAAAAAAAAAA") if quoted else None,
    )


def presettled(insurer: HttpInsurer, insurance: Insurance) -> Quote | Declined:
    return insurer.presettle(insurance.party, an_order(quoted=False), INSURED, NOW())


def test_a_pre_settlement_is_asked_once_and_settled_as_it_stands(
    insurer: HttpInsurer, insurance: Insurance
) -> None:
    first, again = presettled(insurer, insurance), presettled(insurer, insurance)
    assert first == again
    assert isinstance(first, Quote)
    assert first.legs == an_order().legs
    order = an_order()
    assert insurer.query(insurance.party, order, NOW()) == "absent"
    assert insurer.settle(insurance.party, order, NOW()) == "settled"
    assert insurer.settle(insurance.party, order, NOW()) == "settled"
    assert insurer.query(insurance.party, order, NOW()) == "settled"
    asked = [each["requestId"] for each in insurance.asked("queries")]
    assert len(set(asked)) == len(asked), "an answer about then is no answer about now"


@pytest.mark.parametrize("mood", [*BENT, "negative", "miscounting"])
def test_no_split_is_believed_that_is_not_signed_or_does_not_add_up(
    insurer: HttpInsurer, insurance: Insurance, mood: str
) -> None:
    insurance.mood = mood
    with pytest.raises(Unavailable):
        presettled(insurer, insurance)


@pytest.mark.parametrize("mood", [*BENT, "miscounting"])
def test_no_settlement_is_believed_that_is_not_signed_or_of_another_split(
    insurer: HttpInsurer, insurance: Insurance, mood: str
) -> None:
    presettled(insurer, insurance)
    insurance.mood = mood
    with pytest.raises(Unavailable):
        insurer.settle(insurance.party, an_order(), NOW())


@pytest.mark.parametrize("mood", BENT)
def test_no_reversal_is_believed_that_is_not_signed(
    insurer: HttpInsurer, insurance: Insurance, mood: str
) -> None:
    presettled(insurer, insurance)
    insurer.settle(insurance.party, an_order(), NOW())
    insurance.mood = mood
    back = Refund(number="rfd_1", amount_fen=20_00, legs=Legs(gov=20_00), asked_at=0)
    with pytest.raises(Unavailable):
        insurer.reverse(insurance.party, an_order(), back, NOW())


def test_a_pre_settlement_that_ends_before_the_hold_is_no_use(
    insurer: HttpInsurer, insurance: Insurance
) -> None:
    insurance.life = -60
    with pytest.raises(Unavailable):
        presettled(insurer, insurance)


def test_every_request_is_signed_and_names_its_number(insurer: HttpInsurer, insurance: Insurance) -> None:
    presettled(insurer, insurance)
    (received,) = insurance.world.received
    assert received.headers["idempotency-key"] == received.headers["x-road-id"] == received.json["requestId"]
    assert 'tag="zt-insurance"' in received.headers["signature-input"]
    assert CARD_NUMBER not in received.path
