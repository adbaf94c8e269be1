"""A person whom the bureau knows, their family, and the institutions at whose counters they stand."""

import pytest

from tests.api import Api
from tests.builders import an_identity_number
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.counters import Counter
from tests.fakes import Party, PaymentApp, World
from tests.families import CivilRegistry, Relative, a_civil_registry
from tests.parties import HOSPITAL, PHARMACY, a_party


@pytest.fixture
def registry(world: World, cloud: Cloud, clock: HeldClock) -> CivilRegistry:
    """The civil registry."""
    return a_civil_registry(world)


@pytest.fixture
def bureau(world: World, cloud: Cloud, clock: HeldClock) -> Bureau:
    """The bureau that insures everybody here."""
    return a_bureau(world)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, bureau: Bureau) -> Phone:
    """Somebody insured."""
    return _insured(Phone(api, payment_app), bureau)


@pytest.fixture
def other(api: Api, payment_app: PaymentApp, bureau: Bureau) -> Phone:
    """Somebody else who is insured."""
    return _insured(Phone(api, payment_app), bureau)


def _insured(phone: Phone, bureau: Bureau) -> Phone:
    bureau.insures(phone.name, phone.number)
    return phone


@pytest.fixture
def elder(bureau: Bureau, registry: CivilRegistry) -> Relative:
    """A grown-up of the family, insured."""
    somebody = Relative("王芳", an_identity_number())
    bureau.insures(somebody.name, somebody.number)
    return somebody


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
