"""These tests live on the cloud in memory: it answers as the emulator does, much faster, and may be killed."""

from collections.abc import Iterator

import pytest

from chalicelib.appointments.model.directory import Session
from tests.api import Api
from tests.appointments import Patient, Till, a_patient, a_session, published
from tests.clock import HeldClock
from tests.fakes import PaymentApp
from tests.memory.cloud import MemoryCloud, Place, place
from tests.memory.outside import Nearby
from tests.waitlist import Lobby


@pytest.fixture
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


@pytest.fixture
def clock(here: Place) -> HeldClock:
    return here.clock


@pytest.fixture
def cloud(here: Place) -> MemoryCloud:
    return here.cloud


@pytest.fixture
def world(here: Place) -> Nearby:
    return here.world


@pytest.fixture
def payment_app(here: Place) -> PaymentApp:
    return here.payment_app


@pytest.fixture
def lobby(till: Till, api: Api, cloud: MemoryCloud, clock: HeldClock) -> Lobby:
    return Lobby(till, api, cloud, clock)


@pytest.fixture
def third(cloud: MemoryCloud, payment_app: PaymentApp, clock: HeldClock) -> Patient:
    return a_patient(payment_app, clock)


@pytest.fixture
def full(lobby: Lobby, patient: Patient, clock: HeldClock) -> tuple[Session, str]:
    """A session of one slot, and the appointment that has it."""
    session = published(a_session(clock, places=1))
    return session, lobby.books(patient, session)
