"""Certificate mode at the sandbox's gateway, judged by the service's own reading of certificates."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from chalicelib.platform.alipay_chains import certificate_name, chain, holder, read, root_name, rsa_key
from sandbox.payment_app.apps import OWN_APP_ID, OWN_KEY_FILE, OWN_SELLER_ID, App
from sandbox.server import Origin
from sandbox.world import PLATFORM_KEY, World
from tests.sandbox.merchant import Merchant, merchant_key, other_key, public_pem
from tests.sandbox.outside import Client, HeldClock

QUERY, DOWNLOAD = "alipay.trade.query", "alipay.open.app.alipaycert.download"
NONE = {"out_trade_no": "none"}


def own_app(world: World) -> App:
    app = world.payment_app.console.apps.find(OWN_APP_ID)
    assert app
    return app


@pytest.fixture
def files(outside: World) -> dict[str, bytes]:
    """The console's files for the service's app."""
    told = outside.payment_app.console.certificates.files(own_app(outside))
    return {name: pem.encode() for name, pem in told.items()}


@pytest.fixture
def names(files: dict[str, bytes]) -> dict[str, str]:
    """The parameters of certificate mode, by the service's own reckoning."""
    own, roots = read(files["app"])[0], read(files["roots"])
    return {"app_cert_sn": certificate_name(own), "alipay_root_cert_sn": root_name(roots)}


def answered(merchant: Merchant, **more: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(
        merchant.send(merchant.signed(merchant.params(QUERY, NONE, **more))).body
    )
    return body


def downloaded(merchant: Merchant, name: str) -> dict[str, Any]:
    params = merchant.signed(merchant.params(DOWNLOAD, {"alipay_cert_sn": name}))
    body = json.loads(merchant.send(params).body)
    assert list(body) == ["alipay_open_app_alipaycert_download_response"]
    node: dict[str, Any] = body["alipay_open_app_alipaycert_download_response"]
    return node


def test_the_files_are_the_apps_certificate_the_platforms_and_the_roots(
    files: dict[str, bytes], outside: World, held: HeldClock
) -> None:
    roots = read(files["roots"])
    app, (platform, *between) = read(files["app"])[0], read(files["platform"])
    assert rsa_key(app) == merchant_key().public_key()
    assert rsa_key(platform) == outside.keys.rsa(PLATFORM_KEY).public_key()
    found = chain(platform, between, roots, held.now())
    assert len(found) == 3
    assert isinstance(found[-1].public_key(), RSAPublicKey)
    assert root_name(roots) == certificate_name(found[-1])  # the other root is named nowhere
    assert len(roots) == 2
    assert OWN_SELLER_ID in holder(platform)


def test_a_call_that_names_its_certificate_is_answered_with_the_platforms(
    merchant: Merchant, names: dict[str, str], files: dict[str, bytes]
) -> None:
    body = answered(merchant, **names)
    assert list(body) == ["alipay_trade_query_response", "alipay_cert_sn", "sign"]
    assert body["alipay_trade_query_response"]["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert body["alipay_cert_sn"] == certificate_name(read(files["platform"])[0])


def test_key_mode_is_answered_as_before(merchant: Merchant, names: dict[str, str]) -> None:
    assert list(answered(merchant)) == ["alipay_trade_query_response", "sign"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"app_cert_sn": "0" * 32}, "isv.app-cert-not-exist"),
        ({"app_cert_sn": ""}, "isv.app-cert-not-exist"),
        ({"alipay_root_cert_sn": "0" * 32}, "isv.invalid-alipay-root-cert-sn"),
    ],
)
def test_another_certificate_or_root_is_refused(
    merchant: Merchant, names: dict[str, str], wrong: dict[str, str], code: str
) -> None:
    body = answered(merchant, **names | wrong)
    assert body["alipay_trade_query_response"]["sub_code"] == code


def test_a_name_is_no_signature(merchant: Merchant, names: dict[str, str]) -> None:
    params = merchant.signed(merchant.params(QUERY, NONE, **names), other_key())
    body = json.loads(merchant.send(params).body)
    assert body["alipay_trade_query_response"]["sub_code"] == "isv.invalid-signature"


def test_a_renewed_certificate_has_another_name_and_is_handed_out(
    merchant: Merchant, names: dict[str, str], files: dict[str, bytes], outside: World, held: HeldClock
) -> None:
    before = answered(merchant, **names)["alipay_cert_sn"]
    outside.payment_app.console.certificates.renew(own_app(outside))
    after = answered(merchant, **names)["alipay_cert_sn"]
    assert after != before
    leaf, *between = read(b64decode(downloaded(merchant, after)["alipay_cert_content"]))
    assert certificate_name(leaf) == after
    assert chain(leaf, between, read(files["roots"]), held.now() + timedelta(days=700))
    assert holder(leaf) == holder(read(files["platform"])[0])
    assert downloaded(merchant, before)["code"] == "10000"


def test_nobody_is_handed_an_unknown_certificate(merchant: Merchant, names: dict[str, str]) -> None:
    for name in ("0" * 32, names["app_cert_sn"], OWN_APP_ID):
        assert downloaded(merchant, name)["sub_code"] == "isv.alipay-cert-not-exist"


def test_another_key_of_the_app_gets_another_certificate(
    outside: World, files: dict[str, bytes], merchant: Merchant, names: dict[str, str]
) -> None:
    (outside.place.state / OWN_KEY_FILE).write_text(public_pem(other_key()))
    told = outside.payment_app.console.certificates.files(own_app(outside))
    assert x509.load_pem_x509_certificate(told["app"].encode()).public_key() == other_key().public_key()
    body = json.loads(merchant.send(merchant.signed(merchant.params(QUERY, NONE, **names), other_key())).body)
    assert body["alipay_trade_query_response"]["sub_code"] == "isv.app-cert-not-exist"


def test_the_console_hands_out_the_same_files_again_and_renews_when_told(
    client: Client, origin: Origin
) -> None:
    first = client.get("/sandbox/payment-app/certificates").json
    assert client.get("/sandbox/payment-app/certificates").json == first
    name = client.post("/sandbox/payment-app/certificates/renewal").json["alipayCertSn"]
    renewed = client.get("/sandbox/payment-app/certificates").json
    assert certificate_name(read(renewed["platform"].encode())[0]) == name
    assert (renewed["app"], renewed["roots"]) == (first["app"], first["roots"])
    assert client.get("/sandbox/payment-app/certificates?appId=unknown").status == 404
