"""A phone, and the caller that a service is given for it."""

from collections.abc import Callable

import pytest

from chalicelib import wiring
from chalicelib.identity.model.accounts import Citizen
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import PaymentApp


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock) -> Phone:
    return Phone(api, payment_app)


@pytest.fixture
def caller() -> Callable[[Phone], Citizen]:
    """Whom the service sees when this phone calls."""
    return lambda phone: wiring.sessions().recognise(phone.token)
