"""A person whom the bureau knows, and the institutions at whose counters they stand."""

import pytest

from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.counters import Counter
from tests.fakes import Department, Party, PaymentApp, World
from tests.parties import HOSPITAL, INSURED, PHARMACY, a_department, a_party


@pytest.fixture
def bureau(world: World, cloud: Cloud) -> Department:
    """The social-security department."""
    return a_department("social-security", world)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock, bureau: Department) -> Phone:
    """Somebody insured."""
    return insured(Phone(api, payment_app), bureau)


@pytest.fixture
def other(api: Api, payment_app: PaymentApp, clock: HeldClock, bureau: Department) -> Phone:
    """Somebody else who is insured."""
    return insured(Phone(api, payment_app), bureau)


def insured(phone: Phone, bureau: Department) -> Phone:
    """Let the bureau know this person."""
    bureau.facts[phone.number] = INSURED
    bureau.names[phone.number] = phone.name
    return phone


@pytest.fixture
def pharmacy(cloud: Cloud) -> Party:
    """A pharmacy."""
    return a_party(PHARMACY)


@pytest.fixture
def hospital(cloud: Cloud) -> Party:
    """A hospital."""
    return a_party(HOSPITAL)


@pytest.fixture
def counter(api: Api, clock: HeldClock, pharmacy: Party) -> Counter:
    """The pharmacy's counter."""
    return Counter(api, clock, pharmacy)
