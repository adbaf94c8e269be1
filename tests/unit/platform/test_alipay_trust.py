"""Certificate mode: what a request names, whose answers and notifications are believed, and how a renewal is learnt."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.platform.alipay import Gateway
from chalicelib.platform.alipay_chains import Untrusted, certificate_name, root_name
from chalicelib.platform.alipay_trust import CertificateMemory, CertificateTrust
from chalicelib.platform.keys import RsaSigner
from tests.authority import NOW, US, class_1, class_2, merchant, other_root, pem, platform, root, rsa
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, Sent, World

QUERY, DOWNLOAD = "alipay.trade.query", "alipay.open.app.alipaycert.download"
PAID = {"trade_status": "TRADE_SUCCESS"}
OURS = merchant(rsa("ours"), "CN=2088000000000001-2021000000000001,C=CN")
GIVEN = platform(rsa("platform"))
RENEWED = platform(rsa("platform-2"))
GivenTrust = Callable[..., CertificateTrust]


@pytest.fixture
def trust(cloud: Cloud, clock: HeldClock) -> GivenTrust:
    """A process that was given the three files; another call is another process."""
    clock.now = NOW

    def process(standing: x509.Certificate = GIVEN) -> CertificateTrust:
        memory = CertificateMemory(wiring.core_table())
        return CertificateTrust(pem(OURS), pem(standing, class_2()), pem(other_root(), root()), memory, clock)

    return process


@pytest.fixture
def gateway(aws_keys: dict[str, str], payment_app: PaymentApp, trust: GivenTrust) -> Callable[[], Gateway]:
    payment_app.shows(certificate_name(GIVEN), rsa("platform"))
    payment_app.says(QUERY, PAID)
    signer = RsaSigner(aws_keys["PaymentAppKey"])
    return lambda: Gateway(payment_app.url, payment_app.app_id, trust(), signer)


def hands_out(payment_app: PaymentApp, *certificates: x509.Certificate) -> None:
    """Let the payment app answer a download with these."""
    payment_app.says(DOWNLOAD, {"alipay_cert_content": b64encode(pem(*certificates)).decode()})


def renews(payment_app: PaymentApp, certificate: x509.Certificate = RENEWED, key: str = "platform-2") -> str:
    """Let the payment app sign by another certificate; returns its name."""
    name = certificate_name(certificate)
    payment_app.shows(name, rsa(key))
    hands_out(payment_app, certificate, class_2())
    return name


def test_a_request_names_our_certificate_and_the_roots(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    assert gateway().call(QUERY, {})["trade_status"] == "TRADE_SUCCESS"
    (told,) = payment_app.calls(QUERY)
    assert told["app_cert_sn"] == certificate_name(OURS)
    assert told["alipay_root_cert_sn"] == root_name([other_root(), root()])
    assert not payment_app.calls(DOWNLOAD)


def test_a_renewed_certificate_is_fetched_once_and_known_to_every_process(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    name = renews(payment_app)
    one = gateway()
    for _ in range(2):
        assert one.call(QUERY, {})["trade_status"] == "TRADE_SUCCESS"
    assert gateway().call(QUERY, {})["trade_status"] == "TRADE_SUCCESS"
    (asked,) = payment_app.calls(DOWNLOAD)
    assert asked["biz_content"] == {"alipay_cert_sn": name}


STRANGERS = merchant(rsa("stranger"), "CN=2088999999999999-2021999999999999,C=CN")


@pytest.mark.parametrize(
    ("shown", "handed_out"),
    [
        pytest.param(RENEWED, [platform(rsa("platform-2")), class_2()], id="another than was asked for"),
        pytest.param(STRANGERS, [STRANGERS], id="another merchant's, whose issuer is unknown"),
        pytest.param(other_root(US), [other_root(US)], id="it signed itself"),
        pytest.param(platform(rsa("platform-2"), "CN=别人,C=CN"), [class_2()], id="none that names us"),
        pytest.param(RENEWED, [], id="nothing"),
    ],
)
def test_a_certificate_that_is_not_believed_teaches_nothing(
    gateway: Callable[[], Gateway],
    payment_app: PaymentApp,
    shown: x509.Certificate,
    handed_out: list[x509.Certificate],
) -> None:
    payment_app.shows(certificate_name(shown), rsa("platform-2"))
    hands_out(payment_app, *handed_out)
    with pytest.raises(Unavailable):
        gateway().call(QUERY, {})
    assert wiring.core_table().query("PAYMENT-APP-TRUST") == ([], None)


def test_a_merchants_certificate_of_the_same_root_is_not_the_platforms(
    trust: GivenTrust, log_lines: Callable[[], str]
) -> None:
    log_lines()
    with pytest.raises(Untrusted, match="somebody else"):
        trust().learn(certificate_name(STRANGERS), pem(STRANGERS, class_1()))
    assert '"why":"it names somebody else"' in log_lines()


def test_an_answer_signed_with_another_key_than_its_certificates_is_not_believed(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    payment_app.shows(certificate_name(GIVEN), rsa("stranger"))
    with pytest.raises(Unavailable):
        gateway().call(QUERY, {})
    assert not payment_app.calls(DOWNLOAD)


def test_an_answer_that_names_no_certificate_is_checked_with_the_given_one(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    payment_app.shows("", rsa("platform"))
    assert gateway().call(QUERY, {})["trade_status"] == "TRADE_SUCCESS"


@pytest.mark.parametrize("answer", [b"{}", b'{"alipay_open_app_alipaycert_download_response":[]}', b"<html>"])
def test_a_download_that_tells_nothing_leaves_the_outcome_unknown(
    gateway: Callable[[], Gateway], payment_app: PaymentApp, world: World, answer: bytes
) -> None:
    payment_app.shows("f" * 32, rsa("platform"))
    honest = world._behaviours[payment_app.path]
    world.on(
        payment_app.path, lambda got: Sent(200, answer) if DOWNLOAD in got.body.decode() else honest(got)
    )
    with pytest.raises(Unavailable):
        gateway().call(QUERY, {})


def test_the_given_certificate_is_believed_no_longer_than_it_is_valid(
    gateway: Callable[[], Gateway], payment_app: PaymentApp, clock: HeldClock
) -> None:
    running = gateway()
    assert running.call(QUERY, {})
    hands_out(payment_app, GIVEN, class_2())
    clock.now = GIVEN.not_valid_after_utc + timedelta(seconds=1)
    with pytest.raises(Unavailable):
        running.call(QUERY, {})


# -- notifications
def notified(payment_app: PaymentApp, **more: str) -> dict[str, str]:
    return payment_app.notification(notify_type="trade_status_sync", trade_status="TRADE_SUCCESS", **more)


def test_a_notification_is_checked_with_the_certificates_key(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    told = notified(payment_app)
    assert gateway().authentic(told)
    assert not gateway().authentic(told | {"trade_status": "TRADE_CLOSED"})
    payment_app.shows("", rsa("stranger"))
    assert not gateway().authentic(notified(payment_app))


def test_a_notification_under_a_renewed_certificate_is_believed_once_any_answer_has_taught_it(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    renews(payment_app)
    told = notified(payment_app)
    assert not gateway().authentic(told)
    gateway().call(QUERY, {})
    assert gateway().authentic(told)


@pytest.mark.parametrize("covered", [True, False])
def test_a_notification_may_name_its_certificate_whether_or_not_its_signature_covers_the_name(
    gateway: Callable[[], Gateway],
    payment_app: PaymentApp,
    covered: bool,  # noqa: FBT001  (a parameter of the test)
) -> None:
    name = {"alipay_cert_sn": certificate_name(GIVEN)}
    told = notified(payment_app, **name) if covered else notified(payment_app) | name
    assert gateway().authentic(told)
    assert not gateway().authentic(told | {"trade_status": "TRADE_CLOSED"})


def test_a_notification_that_names_an_unknown_certificate_fetches_nothing_and_is_told_again(
    gateway: Callable[[], Gateway], payment_app: PaymentApp
) -> None:
    renews(payment_app)
    told = notified(payment_app, alipay_cert_sn=certificate_name(RENEWED))
    with pytest.raises(Unavailable):
        gateway().authentic(told)
    assert not payment_app.calls(DOWNLOAD)
    gateway().call(QUERY, {})
    assert gateway().authentic(told)


@pytest.mark.parametrize(
    "name", ["0" * 31, "0" * 33, "G" * 32, "A" * 32, "\0", "0" * 100_000, "0" * 32 + "\n"]
)
def test_what_is_no_certificates_name_is_refused_and_asked_of_nobody(
    gateway: Callable[[], Gateway], payment_app: PaymentApp, name: str
) -> None:
    assert not gateway().authentic(notified(payment_app, alipay_cert_sn=name))
    payment_app.shows("0" * 33, rsa("platform"))
    with pytest.raises(Unavailable):
        gateway().call(QUERY, {})
    assert not payment_app.calls(DOWNLOAD)


# -- what is kept
def test_what_is_kept_is_checked_again_by_whoever_reads_it(
    trust: GivenTrust, payment_app: PaymentApp
) -> None:
    forged = certificate_name(STRANGERS)
    CertificateMemory(wiring.core_table()).keep(forged, pem(STRANGERS, class_1()), NOW)
    assert trust().find(forged) is None
    assert list(trust().every()) == [rsa("platform").public_key()]


def test_what_is_kept_leaves_with_its_validity(trust: GivenTrust) -> None:
    trust().learn(certificate_name(RENEWED), pem(RENEWED, class_2()))
    item = wiring.core_table().query("PAYMENT-APP-TRUST")[0][0]
    assert item["expires_at"] == int(RENEWED.not_valid_after_utc.timestamp())


def test_a_table_that_cannot_be_written_keeps_nobody_from_what_was_learnt(
    trust: GivenTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise Unavailable

    running = trust()
    monkeypatch.setattr(CertificateMemory, "keep", refused)
    running.learn(certificate_name(RENEWED), pem(RENEWED, class_2()))
    assert running.find(certificate_name(RENEWED)) == rsa("platform-2").public_key()


def test_it_is_told_when_each_given_certificate_ends(trust: GivenTrust) -> None:
    ends = {"app": OURS, "platform": GIVEN, "root": root()}
    assert trust().ends() == {name: each.not_valid_after_utc for name, each in ends.items()}
    old = platform(rsa("platform"), ends=NOW - timedelta(days=1), begins=NOW - timedelta(days=2))
    assert trust(old).ends()["platform"] == old.not_valid_after_utc
    assert "root" not in trust(old).ends()
