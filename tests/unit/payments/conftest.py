"""A hospital with one session, a patient, the payment app's till."""

import pytest

from chalicelib.appointments.model.directory import Session
from tests.appointments import Patient, Till, a_patient, a_session, published
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp


@pytest.fixture
def session(cloud: Cloud, clock: HeldClock) -> Session:
    return published(a_session(clock))


@pytest.fixture
def patient(cloud: Cloud, payment_app: PaymentApp, clock: HeldClock) -> Patient:
    return a_patient(payment_app, clock)


@pytest.fixture
def other(cloud: Cloud, payment_app: PaymentApp, clock: HeldClock) -> Patient:
    return a_patient(payment_app, clock)


@pytest.fixture
def till(payment_app: PaymentApp) -> Till:
    return Till(payment_app)
