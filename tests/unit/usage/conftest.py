"""People, a bureau and a pharmacy in a cloud in memory, and the log as the Data Tracker shows it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import Party
from tests.families import Relative, a_civil_registry
from tests.memory.cloud import Place, place
from tests.parties import PHARMACY, a_party

FIND = "/v2/findUsage"
Find = Callable[..., ApiAnswer]


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def town(clock: HeldClock) -> Iterator[Place]:
    """The cloud in memory."""
    with place(clock) as made:
        yield made


@pytest.fixture
def api(town: Place) -> Api:
    return Api()


@pytest.fixture
def bureau(town: Place) -> Bureau:
    a_civil_registry(town.world)
    return a_bureau(town.world)


@pytest.fixture
def pharmacy(town: Place) -> Party:
    return a_party(PHARMACY)


@pytest.fixture
def phone(api: Api, town: Place, bureau: Bureau) -> Phone:
    """Somebody insured, without a card yet."""
    somebody = Phone(api, town.payment_app)
    bureau.insures(somebody.name, somebody.number)
    return somebody


@pytest.fixture
def elder(bureau: Bureau) -> Relative:
    """A grown-up of the family."""
    somebody = Relative("王芳", an_identity_number())
    bureau.insures(somebody.name, somebody.number)
    return somebody


@pytest.fixture
def find(api: Api, phone: Phone) -> Find:
    """Asks for the log; a query by name, `by` another phone, `headers`."""

    def ask(by: Phone = phone, headers: dict[str, str] | None = None, **query: Any) -> ApiAnswer:
        told = "&".join(f"{name}={value}" for name, value in query.items())
        return api.get(f"{FIND}?{told}" if told else FIND, token=by.token, headers=headers)

    return ask
