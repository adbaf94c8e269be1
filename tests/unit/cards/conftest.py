"""The bureau, and phones of people whom it insures."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.model.card import Card, reference
from tests.api import Api
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World

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
def second_phone(api: Api, payment_app: PaymentApp) -> OfPerson:
    """The same person, with another account of the payment app."""
    return lambda first: Phone(api, payment_app, name=first.name, number=first.number)


@pytest.fixture
def notices(api: Api, cloud: Cloud) -> Callable[[Phone], list[str]]:
    """The kinds of notices that somebody got so far, the oldest first."""

    def kinds(phone: Phone) -> list[str]:
        cloud.settle()
        answer: dict[str, Any] = api.get("/v1/notices", token=phone.token).json
        return [each["kind"] for each in reversed(answer["items"])]

    return kinds


def kept(card_id: str) -> Card:
    """The card as it is kept."""
    found = wiring.cards().store.find(reference(card_id))
    assert found is not None
    return found
