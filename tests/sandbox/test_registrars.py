"""A registrar withdraws certificates with the department's own signature, and passes on what it is told."""

import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.platform.signatures import Message, verify
from sandbox.departments.catalogue import DEPARTMENTS
from sandbox.server import Origin
from tests.sandbox.outside import Api, Client

PAPER = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
REVOKE = f"/v1/institutions/me/certificates/{PAPER}/revoke"
ONE = f"/sandbox/registrars/real-estate/certificates/{PAPER}"


def test_a_withdrawal_is_signed_as_that_department(backend: Api, client: Client, origin: Origin) -> None:
    backend.on("POST", REVOKE, (409, {"code": "certificate-revoked"}))
    asked = {"act": "revoke", "reason": "issued-in-error", "note": "档案更正"}
    answer = client.post(ONE, asked)
    assert (answer.status, answer.json["code"]) == (409, "certificate-revoked")
    [seen] = backend.at(REVOKE)
    assert json.loads(seen.body) == {"reason": "issued-in-error", "note": "档案更正"}
    listed = {each["id"]: each for each in client.get("/sandbox/registrars").json["items"]}
    assert set(listed) == set(DEPARTMENTS)
    assert {each["kind"] for each in listed.values()} == {"department"}
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(listed["real-estate"]["publicKey"]))
    headers = {name.lower(): value for name, value in seen.headers.items()}
    message = Message("POST", origin.world.place.authority, REVOKE, "", headers, seen.body)
    assert verify(message, lambda _: key, time.time()).key_id == "real-estate#k1"


def test_no_other_department_and_no_other_act(client: Client, backend: Api) -> None:
    asked = {"act": "revoke", "reason": "issued-in-error"}
    assert client.post(ONE.replace("real-estate", "nobody"), asked).status == 404
    assert client.post(ONE, asked | {"act": "burn"}).status == 422
