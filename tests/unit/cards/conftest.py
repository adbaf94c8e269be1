"""The bureau, phones of people whom it insures, and terminals that read their cards."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.model.card import Card, reference
from chalicelib.platform import aws
from tests.api import Api
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party, PaymentApp, World
from tests.parties import HOSPITAL, PHARMACY, a_party

PHONE_NUMBER = "13800000018"
OfPerson = Callable[[Phone], Phone]


@pytest.fixture
def social_security(world: World, cloud: Cloud, clock: HeldClock) -> Bureau:
    """The bureau that insures everybody here."""
    return a_bureau(world)


@pytest.fixture
def zhang(api: Api, payment_app: PaymentApp, social_security: Bureau) -> Phone:
    """Somebody insured, with a physical card in order."""
    somebody = Phone(api, payment_app)
    social_security.insures(somebody.name, somebody.number)
    return somebody


@pytest.fixture
def bureau(social_security: Bureau) -> Bureau:
    """The bureau by its shorter name."""
    return social_security


@pytest.fixture
def phone(zhang: Phone, social_security: Bureau, clock: HeldClock) -> Phone:
    """Somebody insured, whose card has a bank account."""
    social_security.accounts[zhang.number] = {
        "phone": PHONE_NUMBER,
        "active": True,
        "bank": "杭州银行",
        "accountMasked": "**** 0018",
    }
    return zhang


@pytest.fixture
def paying_card(api: Api, phone: Phone) -> str:
    """The id of the phone's card, which can pay: its bank account is linked."""
    card_id: str = phone.card()["id"]
    linked = api.post(f"/v1/cards/{card_id}/bank-account", {"phone": PHONE_NUMBER}, token=phone.token)
    assert linked.json["level"] == 2
    return card_id


@pytest.fixture
def pharmacy(cloud: Cloud) -> Party:
    """A pharmacy with a terminal."""
    return a_party(PHARMACY)


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    """A hospital with a terminal."""
    return a_party(HOSPITAL)


@pytest.fixture
def second_phone(api: Api, payment_app: PaymentApp) -> OfPerson:
    """The same person, with another account of the payment app."""
    return lambda first: Phone(api, payment_app, name=first.name, number=first.number)


@pytest.fixture
def notices(api: Api, cloud: Cloud) -> Callable[[Phone], list[str]]:
    """The kinds of notices that somebody got so far, by the alphabet: the clock stands still."""

    def kinds(phone: Phone) -> list[str]:
        cloud.settle()
        answer: dict[str, Any] = api.get("/v1/notices", token=phone.token).json
        return sorted(each["kind"] for each in answer["items"])

    return kinds


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The names of the calls to DynamoDB from now on."""
    made: list[str] = []
    events = aws.dynamodb().meta.events

    def count(model: object, **_: object) -> None:
        made.append(model.name)  # type: ignore[attr-defined]

    events.register("before-call.dynamodb", count)
    yield made
    events.unregister("before-call.dynamodb", count)


def kept(card_id: str) -> Card:
    """The card as it is kept."""
    found = wiring.cards().store.find(reference(card_id))
    assert found is not None
    return found
