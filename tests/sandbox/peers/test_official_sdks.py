"""The payment app's official SDKs, from npm and PyPI, as judges of the sandbox's gateway.

Each signs requests that the gateway accepts, and checks what it answers with its own code; the one from npm in both
modes (the one from PyPI has no certificate mode: it cannot read an answer that names a certificate). They are
installed by `tests/sandbox/peers/install.sh`; where they are not, these tests are skipped and say so.
"""

import json
import os
import shutil
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.platform.alipay_chains import certificate_name, read, root_name
from sandbox.keys import public_spki
from sandbox.payment_app.apps import FURTHER_APPS_FILE, OWN_SELLER_ID
from sandbox.people import Person
from sandbox.server import Origin
from sandbox.world import PLATFORM_KEY
from tests.sandbox.merchant import Merchant, merchant_key, other_key, public_pem
from tests.sandbox.outside import Api, Client
from tests.sandbox.test_face import opened

ROOT = Path(__file__).parent.parent.parent.parent
PEERS = ROOT / ".local" / "peers"
NODE = shutil.which("node")
PYTHON = PEERS / "python" / "bin" / "python"
HERE = Path(__file__).parent
APP = "2021999999999999"
NOTIFY = "/v1/payments/alipay/notify"
INSTALL = "run tests/sandbox/peers/install.sh"

needs_npm = pytest.mark.skipif(
    NODE is None or not (PEERS / "node_modules" / "alipay-sdk").is_dir(),
    reason=f"node or the npm SDK is missing: {INSTALL}",
)
needs_pypi = pytest.mark.skipif(
    not (PEERS / "python" / ".done").is_file(), reason=f"the PyPI SDK is missing: {INSTALL}"
)


def private_text(key: RSAPrivateKey, form: PrivateFormat) -> str:
    """A private key as the SDKs want it pasted: without its PEM's frame."""
    pem = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    return "".join(line for line in pem.splitlines() if "-----" not in line)


@pytest.fixture
def gateway_url(origin: Origin) -> str:
    """The gateway, with the SDKs' app registered."""
    entry = {"publicKey": public_pem(merchant_key()), "sellerId": OWN_SELLER_ID}
    (origin.world.place.state / FURTHER_APPS_FILE).write_text(json.dumps({APP: entry}))
    return f"{origin.world.place.origin}/sandbox/payment-app/gateway.do"


@pytest.fixture
def given(origin: Origin, backend: Api, client: Client, person: Person, gateway_url: str) -> dict[str, Any]:
    """What an SDK's program is told."""
    platform = origin.world.keys.rsa(PLATFORM_KEY)
    merchant = Merchant(origin.world.payment_app.gateway, platform.public_key(), origin.world.clock, APP)
    backend.on("POST", NOTIFY, (200, b"success"))
    asked = {"userId": person.user_id, "appId": APP}
    return {
        "gateway": gateway_url,
        "port": origin.listener.server_port,
        "appId": APP,
        "buyerId": person.user_id,
        "authCode": client.post("/sandbox/payment-app/auth-codes", asked).json["authCode"],
        "notifyUrl": f"{origin.world.place.origin}{NOTIFY}",
        "certifyId": opened(merchant, person),
        "platformPublicKey": public_spki(platform.public_key()),
        "wrongPublicKey": public_spki(other_key().public_key()),
        **certificate_files(client),
        "notification": notification(
            backend, client, merchant, person, f"{origin.world.place.origin}{NOTIFY}"
        ),
    }


def certificate_files(client: Client) -> dict[str, str]:
    """The console's three files for the SDKs' app."""
    told = client.get(f"/sandbox/payment-app/certificates?appId={APP}").json
    return {"appPublicCert": told["app"], "platformPublicCert": told["platform"], "rootCert": told["roots"]}


def notification(
    backend: Api, client: Client, merchant: Merchant, person: Person, url: str
) -> dict[str, str]:
    """What the merchant was sent when somebody paid."""
    content = {"out_trade_no": "n1", "total_amount": "12.30", "subject": "挂号费", "buyer_id": person.user_id}
    trade_no = merchant.call("alipay.trade.create", content, notify_url=url)["trade_no"]
    assert client.post(f"/sandbox/payment-app/trades/{trade_no}/pay").json["notified"]
    return dict(parse_qsl(backend.at(NOTIFY)[-1].body.decode()))


def run(command: list[str], given: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        command,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PEERS": str(PEERS)},
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@needs_npm
def test_the_npm_sdk_and_the_gateway_believe_each_other(given: dict[str, Any]) -> None:
    given["privateKey"] = private_text(merchant_key(), PrivateFormat.PKCS8)
    said = run([str(NODE), str(HERE / "node_sdk.cjs")], given)
    assert said["token"]["userId"] == given["buyerId"]
    assert (said["created"]["code"], said["queried"]["tradeStatus"]) == ("10000", "WAIT_BUYER_PAY")
    assert said["queried"]["tradeNo"] == said["created"]["tradeNo"]
    assert said["unknown"]["subCode"] == "ACQ.TRADE_NOT_EXIST"
    assert said["wrongKey"] is not None
    assert (said["notification"], said["tampered"]) == (True, False)
    assert said["certified"]["tradeNo"] == said["created"]["tradeNo"]
    assert said["certifiedNotification"] is True
    files = [read(given[name].encode()) for name in ("appPublicCert", "platformPublicCert", "rootCert")]
    assert said["certificateNames"] == [
        *(certificate_name(each[0]) for each in files[:2]),
        root_name(files[2]),
    ]
    assert (said["pageStatus"], said["pageLocation"]) == (
        302,
        f"/sandbox/payment-app/face-page/{given['certifyId']}",
    )


@needs_pypi
def test_the_pypi_sdk_and_the_gateway_believe_each_other(given: dict[str, Any], origin: Origin) -> None:
    given["privateKey"] = private_text(merchant_key(), PrivateFormat.TraditionalOpenSSL)
    said = run([str(PYTHON), str(HERE / "python_sdk.py")], given)
    assert said["token"]["user_id"] == given["buyerId"]
    assert (said["created"]["code"], said["queried"]["trade_status"]) == ("10000", "WAIT_BUYER_PAY")
    assert said["queried"]["trade_no"] == said["created"]["trade_no"]
    assert said["unknown"]["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert said["wrongKey"] is not None
    assert page_location(origin, said["page"]) == f"/sandbox/payment-app/face-page/{given['certifyId']}"


def page_location(origin: Origin, address: str) -> str | None:
    """Where the signed address leads."""
    connection = HTTPConnection("127.0.0.1", origin.listener.server_port, timeout=5)
    parts = urlsplit(address)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Connection": "close"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["Location"]
