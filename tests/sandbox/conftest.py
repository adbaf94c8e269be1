"""The outside world for its own tests: in this process with a held clock, or whole, on a port of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.keys import KeyFolder
from sandbox.payment_app.apps import OWN_KEY_FILE
from sandbox.payment_app.authority import MERCHANTS_KEY, OWN_KEY, ROOT_KEY
from sandbox.people import Person, synthetic_people
from sandbox.server import Origin
from sandbox.world import PLATFORM_KEY, STRANGER_KEY, Place, World
from tests.sandbox.merchant import Merchant, merchant_key, public_pem
from tests.sandbox.outside import Api, Client, HeldClock, Inline
from tests.sandbox.service import Service

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's RSA keys, made once: they are slow to make."""
    folder = tmp_path_factory.mktemp("keys")
    keys = KeyFolder(folder)
    keys.rsa(PLATFORM_KEY)
    keys.rsa(STRANGER_KEY)
    for name in (ROOT_KEY, MERCHANTS_KEY, OWN_KEY):
        keys.rsa(name)
    return folder


@pytest.fixture
def state(tmp_path: Path, made_keys: Path) -> Path:
    """A state folder with those keys and the merchant's public key in it."""
    folder = tmp_path / "world"
    shutil.copytree(made_keys, folder / "keys")
    (folder / OWN_KEY_FILE).write_text(public_pem(merchant_key()))
    return folder


@pytest.fixture
def held() -> HeldClock:
    return HeldClock()


@pytest.fixture
def outside(state: Path, held: HeldClock) -> Iterator[World]:
    """The outside world without its server; background work is done at once."""
    made = World(Place(state, "127.0.0.1:8470"), held, Inline())
    yield made
    made.close()


@pytest.fixture
def merchant(outside: World, held: HeldClock) -> Merchant:
    """A merchant whose clock is the world's."""
    return Merchant(outside.payment_app.gateway, outside.keys.rsa(PLATFORM_KEY).public_key(), held)


@pytest.fixture
def backend() -> Iterator[Api]:
    """The service, as far as the outside world sees it."""
    made = Api()
    yield made
    made.close()


@pytest.fixture
def origin(state: Path, backend: Api) -> Iterator[Origin]:
    """The whole origin on a free port, the API behind it."""
    opened = Origin.open(0, backend.url, state, ROOT / "web")
    opened.serve()
    yield opened
    opened.close()


@pytest.fixture
def client(origin: Origin) -> Client:
    return Client(origin.listener.server_port)


@pytest.fixture
def person() -> Person:
    """An insured adult."""
    return synthetic_people().everybody[0]


@pytest.fixture
def service(backend: Api, client: Client, origin: Origin) -> Service:
    """The service, able to sign what it sends to departments and institutions."""
    return Service(backend, client, origin.world.place.authority)
