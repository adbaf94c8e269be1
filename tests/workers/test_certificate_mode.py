"""The whole service in certificate mode: where it finds its files, what it answers without, what the sweep measures."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.platform.alipay_chains import certificate_name
from tests.api import Api
from tests.appointments import notify
from tests.authority import class_2, merchant, pem, platform, root, rsa
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.conftest import CONFIG, WIRING, forget
from tests.fakes import PaymentApp

GIVEN = platform(rsa("platform"))
FILES = (
    pem(merchant(rsa("ours"), "CN=2088-2021,C=CN")),
    pem(GIVEN, class_2()),
    pem(root()),
)


def given(*files: bytes) -> None:
    """The three files, as an administrator puts them."""
    for key, content in zip(wiring.PAYMENT_APP_TRUST, files, strict=True):
        wiring.certificate_bucket().put(key, content, "application/x-pem-file")


@pytest.fixture
def certified(cloud: Cloud, payment_app: PaymentApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[PaymentApp]:
    """The deployment has chosen certificate mode, and the payment app signs by its certificate."""
    monkeypatch.setenv("PAYMENT_APP_TRUST", "certificates")
    forget(CONFIG, WIRING)
    payment_app.shows(certificate_name(GIVEN), rsa("platform"))
    yield payment_app
    forget(CONFIG, WIRING)


def test_without_its_files_the_service_waits_and_with_them_it_goes_on(certified: PaymentApp) -> None:
    with pytest.raises(Unavailable):
        wiring.payment_app()
    given(*FILES)
    assert wiring.payment_app().trust.names.keys() == {"app_cert_sn", "alipay_root_cert_sn"}


def test_a_notification_is_answered_success_401_or_told_to_come_again(
    certified: PaymentApp, api: Api
) -> None:
    given(*FILES)
    paid = {
        "notify_type": "trade_status_sync",
        "notify_id": "n1",
        "out_trade_no": "ord_1",
        "trade_no": "t1",
        "seller_id": certified.seller_id,
        "total_amount": "30.00",
        "trade_status": "TRADE_SUCCESS",
    }
    told = certified.notification(**paid)
    assert notify(api, told).body == b"success"
    assert notify(api, told | {"total_amount": "0.01"}).status == 401
    assert notify(api, certified.notification(**paid, alipay_cert_sn="0" * 32)).status == 503


def test_the_sweep_measures_when_the_first_certificate_ends_and_names_it(
    certified: PaymentApp, clock: HeldClock, log_lines: Callable[[], str]
) -> None:
    near = platform(rsa("platform"), ends=clock.now + timedelta(days=20))
    given(FILES[0], pem(near, class_2()), FILES[2])
    log_lines()
    wiring.sweep()
    lines = [json.loads(line) for line in log_lines().splitlines()]
    assert [line["PaymentAppCertificateDays"] for line in lines if "PaymentAppCertificateDays" in line] == [
        [20]
    ]
    told = [line for line in lines if line.get("message") == "gateway.certificate-ends"]
    assert [(line["certificate"], line["days"]) for line in told] == [("platform", 20)]


def test_in_key_mode_nothing_is_measured(cloud: Cloud, log_lines: Callable[[], str]) -> None:
    wiring.sweep()
    assert "PaymentAppCertificateDays" not in log_lines()
