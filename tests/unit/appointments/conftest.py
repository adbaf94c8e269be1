"""An appointment that is paid and booked."""

import pytest

from chalicelib.appointments.model.directory import Session
from chalicelib.payments.model import Order
from tests.api import Api
from tests.appointments import Patient, Till, a_booking
from tests.cloud import Cloud


@pytest.fixture
def booked(session: Session, patient: Patient, till: Till, api: Api, cloud: Cloud) -> Order:
    """The order of somebody's appointment."""
    return a_booking(session, patient, till, api, cloud)
