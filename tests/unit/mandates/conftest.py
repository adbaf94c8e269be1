"""The registry, the bureau, and somebody who acts for family."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api import Api
from tests.builders import an_identity_number
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World
from tests.families import CivilRegistry, Relative, a_civil_registry

NoticesOf = Callable[[Phone], list[str]]


@pytest.fixture
def registry(world: World, cloud: Cloud, clock: HeldClock) -> CivilRegistry:
    """The civil registry."""
    return a_civil_registry(world)


@pytest.fixture
def bureau(world: World, cloud: Cloud, clock: HeldClock) -> Bureau:
    """The bureau that insures whoever a test wants."""
    return a_bureau(world)


@pytest.fixture
def agent(api: Api, payment_app: PaymentApp, bureau: Bureau, registry: CivilRegistry) -> Phone:
    """Somebody with a card of their own."""
    somebody = Phone(api, payment_app)
    bureau.insures(somebody.name, somebody.number)
    assert somebody.bind().status == 201
    return somebody


@pytest.fixture
def elder() -> Relative:
    """A grown-up of the family."""
    return Relative("王芳", an_identity_number())


@pytest.fixture
def member(api: Api, payment_app: PaymentApp, bureau: Bureau, elder: Relative) -> Phone:
    """The elder's own phone, with their card in its account."""
    somebody = Phone(api, payment_app, name=elder.name, number=elder.number)
    bureau.insures(elder.name, elder.number)
    assert somebody.bind().status == 201
    return somebody


@pytest.fixture
def notices(api: Api, cloud: Cloud) -> NoticesOf:
    """The kinds of notices that somebody got so far, the oldest first."""

    def kinds(phone: Phone) -> list[str]:
        cloud.settle()
        answer: dict[str, Any] = api.get("/v1/notices", token=phone.token).json
        return [each["kind"] for each in reversed(answer["items"])]

    return kinds
