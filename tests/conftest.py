"""The fixtures that every folder shares: a cloud, a clock, the world outside, the API.

Each test has its own tables, queues and bucket; KMS keys are shared, because making them is slow.
"""

import inspect
import logging
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from io import StringIO

import pytest
from moto import mock_aws

from chalicelib.appointments.model.directory import Session
from chalicelib.platform import log
from chalicelib.platform.clock import held
from tests.api import Api
from tests.appointments import Patient, Till, a_patient, a_session, published
from tests.clock import HeldClock
from tests.cloud import ORIGIN, REGION, Cloud, make_keys
from tests.fakes import PaymentApp, World
from tests.quicker_moto import quicken
from tests.stack import stack

__all__ = ["stack"]  # one for all folders: imported by two of them, it would be brought up twice

CONFIG, WIRING, SDK = "chalicelib.config", "chalicelib.wiring", "chalicelib.platform.aws"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: those who drive a browser or a whole stack wait most of their time."""
    return (os.cpu_count() or 1) + 1


def forget(*modules: str) -> None:
    """Let every `@cache` of these modules, and of those within them, build its part anew."""
    for module in modules:
        import_module(module)
        for name in [each for each in sys.modules if f"{each}.".startswith(f"{module}.")]:
            for _, made in inspect.getmembers(sys.modules[name], lambda each: hasattr(each, "cache_clear")):
                made.cache_clear()


@pytest.fixture(scope="session")
def aws_keys() -> Iterator[dict[str, str]]:
    """Moto for the whole run, with the template's KMS keys in it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        forget(SDK)
        quicken()
        yield make_keys()
    forget(SDK)


@pytest.fixture
def clock() -> Iterator[HeldClock]:
    """The clock by which every service of this process lives, held."""
    still = HeldClock()
    with held(still):
        yield still


@pytest.fixture
def world() -> Iterator[World]:
    """Everything beyond our edge, on its own port: answers what the test tells it, keeps what it was sent."""
    outside = World()
    yield outside
    outside.close()


@pytest.fixture
def payment_app(world: World) -> PaymentApp:
    """The payment app's gateway in `world`."""
    return PaymentApp(world)


@pytest.fixture
def cloud(
    aws_keys: dict[str, str], payment_app: PaymentApp, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cloud]:
    """Tables, queues, bucket and keys of `infra/`, and the environment that the functions are given."""
    made = Cloud(aws_keys)
    made.create()
    parameters = {
        "PublicBaseUrl": ORIGIN,
        "PaymentAppGateway": payment_app.url,
        "PaymentAppId": payment_app.app_id,
        "PaymentAppPublicKey": payment_app.public_key,
        "PaymentSellerId": payment_app.seller_id,
    }
    for name, value in made.environment(parameters).items():
        monkeypatch.setenv(name, value)
    forget(CONFIG, WIRING)
    yield made
    forget(CONFIG, WIRING)


@pytest.fixture
def api(cloud: Cloud) -> Api:
    """The real app behind Chalice's local gateway."""
    return Api()


@pytest.fixture
def log_lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Gives everything that was logged or measured since the last call, as text."""
    kept = StringIO()
    log._logger()  # makes the handler
    handler = logging.getLogger("zerotrip").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before, handler.stream = handler.stream, kept  # not setStream: it flushes the stream of an earlier test

    def lines() -> str:
        text = kept.getvalue() + "".join(capsys.readouterr())
        kept.seek(0)
        kept.truncate()
        return text

    yield lines
    handler.stream = before


@pytest.fixture
def session(cloud: Cloud, clock: HeldClock) -> Session:
    """A hospital with one clinic session, published."""
    return published(a_session(clock))


@pytest.fixture
def patient(cloud: Cloud, payment_app: PaymentApp, clock: HeldClock) -> Patient:
    """Somebody with a card who may hold a slot."""
    return a_patient(payment_app, clock)


@pytest.fixture
def other(cloud: Cloud, payment_app: PaymentApp, clock: HeldClock) -> Patient:
    """Somebody else with a card."""
    return a_patient(payment_app, clock)


@pytest.fixture
def till(payment_app: PaymentApp) -> Till:
    """Where the payment app's trades are paid."""
    return Till(payment_app)
