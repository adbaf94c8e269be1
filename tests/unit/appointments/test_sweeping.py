"""The minute's round when a whole crowd is due: all in order, none waits for one that fails, the time is kept."""

from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.service import sweeping
from chalicelib.appointments.service.ending import Ending
from chalicelib.errors import Unavailable
from chalicelib.platform import dynamo
from tests.api import Api
from tests.appointments import Patient, Till, a_patient, a_session, clinic_of, notify, published
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp

CROWD = 5


@pytest.fixture
def crowd(cloud: Cloud, payment_app: PaymentApp, clock: HeldClock) -> list[Patient]:
    return [a_patient(payment_app, clock) for _ in range(CROWD)]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """More are due than one question answers."""
    monkeypatch.setattr(dynamo, "_DUE_PAGE", 2)


def held(crowd: list[Patient], session: Session, cloud: Cloud) -> list[str]:
    ids = [patient.hold(session, index).id for index, patient in enumerate(crowd)]
    cloud.settle()
    return ids


def statuses(crowd: list[Patient], ids: list[str]) -> list[str]:
    return [patient.sees(each).status for patient, each in zip(crowd, ids, strict=True)]


def test_a_crowd_whose_holds_ended_is_gone_in_one_round(
    crowd: list[Patient], session: Session, cloud: Cloud, clock: HeldClock
) -> None:
    ids = held(crowd, session, cloud)
    clock.turn(minutes=10)
    wiring.sweeping().sweep()
    assert statuses(crowd, ids) == ["cancelled"] * CROWD
    assert clinic_of(session).seen.slots == {}


def test_what_a_round_has_no_time_for_is_the_next_ones(
    crowd: list[Patient], session: Session, cloud: Cloud, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = held(crowd, session, cloud)
    clock.turn(minutes=10)
    monkeypatch.setattr(sweeping, "_ROUND", timedelta(0))
    for done in range(1, CROWD + 1):
        wiring.sweeping().sweep()
        assert statuses(crowd, ids).count("cancelled") == done


def test_one_that_fails_comes_last_the_next_time(
    crowd: list[Patient], session: Session, cloud: Cloud, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = held(crowd, session, cloud)
    clock.turn(minutes=10)
    real, broken = Ending.end, ids[:2]

    def end(self: Ending, appointment: object, *args: object, **changes: object) -> object:
        if appointment.id in broken:  # type: ignore[attr-defined]
            raise Unavailable
        return real(self, appointment, *args, **changes)  # type: ignore[arg-type]

    monkeypatch.setattr(Ending, "end", end)
    monkeypatch.setattr(sweeping, "_ROUND", timedelta(0))
    for _ in range(CROWD):
        clock.turn(minutes=1)
        wiring.sweeping().sweep()
    assert statuses(crowd, ids) == ["pending"] * 2 + ["cancelled"] * (CROWD - 2)
    broken.clear()
    for _ in range(2):
        clock.turn(minutes=1)
        wiring.sweeping().sweep()
    assert statuses(crowd, ids) == ["cancelled"] * CROWD


def test_a_storm_of_refunds_ends_with_everybodys_money_back(
    crowd: list[Patient], clock: HeldClock, till: Till, api: Api, cloud: Cloud
) -> None:
    session = published(a_session(clock))
    orders = [patient.pay(each) for patient, each in zip(crowd, held(crowd, session, cloud), strict=True)]
    for order in orders:
        notify(api, till.pay(order))
    cloud.settle()
    till.down = True
    for patient, order in zip(crowd, orders, strict=True):
        patient.cancel(order.about)
    assert till.refunds == {}
    till.down = False
    clock.turn(minutes=2)
    wiring.sweeping().sweep()
    assert all(till.refunded(order) for order in orders)
