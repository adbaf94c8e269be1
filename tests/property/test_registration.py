"""Random histories of a registration hall: whatever patients, hospital and payment app do, and whoever dies.

No slot is sold twice; once the dust has settled every payment has either its appointment or its money back, every
order's legs add up and the ledger balances; the day after, nothing is left to be done.
"""

from collections.abc import Iterator

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.memory.depth import depth
from tests.property.registration.by_hospitals import Hospital
from tests.property.registration.by_insurers import Insurers
from tests.property.registration.by_patients import Patients
from tests.property.registration.by_surroundings import Cloud, PaymentApp, Time
from tests.property.registration.by_waiters import Waiters
from tests.property.registration.hall import Hall, hall


class Registration(Patients, Waiters, Hospital, Insurers, PaymentApp, Cloud, Time):
    """The whole of it. A new room's rules join here."""


@pytest.fixture(scope="module")
def known_hall() -> Iterator[Hall]:
    with hall() as here:
        yield here


def test_every_payment_has_its_appointment_or_its_money_back(known_hall: Hall) -> None:
    Registration.hall = known_hall
    run_state_machine_as_test(Registration, settings=depth(120, steps=25))
