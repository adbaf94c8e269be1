"""Sets the stage: cloud, world outside, clock and tap, for a test or for the command. Knows no scenario."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chalicelib.platform.clock import held
from tests.clock import HeldClock
from tests.cloud import ORIGIN
from tests.conftest import CONFIG, WIRING, forget
from tests.faults.cloud import FaultyCloud
from tests.faults.errand import Errand
from tests.faults.outside import Outside
from tests.faults.tap import Tap


@contextmanager
def stage(keys: Mapping[str, str]) -> Iterator[Errand]:
    """An errand about to begin in a fresh cloud. `keys` are KMS keys; moto must be on."""
    outside, clock = Outside(), HeldClock()
    tap = Tap(outside.world)
    cloud = FaultyCloud(keys, tap=tap, clock=clock)
    before = dict(os.environ)
    try:
        cloud.create()
        os.environ.update(cloud.environment(_parameters(outside)))
        forget(CONFIG, WIRING)
        with held(clock), tap.watching():
            yield Errand(cloud, outside, clock)
    finally:
        os.environ.clear()
        os.environ.update(before)
        forget(CONFIG, WIRING)
        outside.close()


def _parameters(outside: Outside) -> dict[str, str]:
    app = outside.app
    return {
        "PublicBaseUrl": ORIGIN,
        "PaymentAppGateway": app.url,
        "PaymentAppId": app.app_id,
        "PaymentAppPublicKey": app.public_key,
        "PaymentSellerId": app.seller_id,
    }
