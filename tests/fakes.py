"""The outside world in this process: an HTTP server that answers as a test tells it, and who lives behind it.

Everything here speaks the real protocols with real signatures, so that nothing of ours has to be replaced.
"""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.platform.alipay_signing import canonical
from chalicelib.platform.clock import system_clock
from chalicelib.platform.keys import b64url
from chalicelib.platform.signatures import INBOUND, content_digest
from chalicelib.platform.tokens import compact_json


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the world got it; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The JSON body."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The form body."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Sent:
    """What the world answers."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


Behaviour = Callable[[Received], Sent]


class World:
    """One server on a free port of this machine. Paths nobody declared answer 404."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._behaviours: dict[str, Behaviour] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True)
        self._thread.start()

    def on(self, path: str, behaviour: Behaviour) -> str:
        """Let `path` be answered by `behaviour`; returns its address."""
        self._behaviours[path] = behaviour
        return self.origin + path

    def at(self, path: str) -> list[Received]:
        """What came to `path`, in order."""
        return [each for each in self.received if each.path == path]

    def close(self) -> None:
        """Stop answering and wait until the thread is gone."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: Received) -> Sent:
        """What the world says to one request."""
        self.received.append(request)
        behaviour = self._behaviours.get(request.path)
        return behaviour(request) if behaviour else Sent(404)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"  # one request per connection: nothing is left open

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                sent = world.answer(Received(self.path, headers, body))
                self.send_response(sent.status)
                self.send_header("Content-Type", sent.content_type)
                self.send_header("Content-Length", str(len(sent.body)))
                self.end_headers()
                self.wfile.write(sent.body)

            do_GET = do_POST  # noqa: N815  (the base class's own naming)

            def log_message(self, *_: object) -> None:
                """Tests speak for themselves."""

        return Handler


@cache
def _platform_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


NodeOf = Callable[[dict[str, Any]], Mapping[str, Any]]


class PaymentApp:
    """The payment app's gateway: checks nothing, signs everything, answers by method.

    `says(method, node)` sets an answer (a mapping, or a function of the request's parameters with
    `biz_content` parsed); `calls(method)` lists the parameters it got.
    """

    app_id = "2021000000000001"
    seller_id = "2088000000000001"

    def __init__(self, world: World) -> None:
        self._world = world
        self._nodes: dict[str, NodeOf] = {}
        self._shown, self._key = "", _platform_key()
        self.path = "/gateway.do"
        self.url = world.on(self.path, self._answer)

    @property
    def public_key(self) -> str:
        """Base64 of the DER public key."""
        der = _platform_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(der).decode()

    def shows(self, certificate: str, key: RSAPrivateKey) -> None:
        """Sign with another key from now on, and name its certificate beside every answer."""
        self._shown, self._key = certificate, key

    def says(self, method: str, node: Mapping[str, Any] | NodeOf) -> None:
        """Set the answer to a method; `code` defaults to success."""
        self._nodes[method] = node if callable(node) else lambda _: node

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of a method, `biz_content` parsed."""
        parsed = [_parameters(each) for each in self._world.at(self.path)]
        return [each for each in parsed if each["method"] == method]

    def notification(self, **values: str) -> dict[str, str]:
        """A signed notification's form values; give `notify_type`, `trade_status` and what it tells."""
        told = {"app_id": self.app_id, "charset": "utf-8", "sign_type": "RSA2", **values}
        payment = told.get("notify_type", "").startswith("trade_")
        message = canonical(told, ("sign", "sign_type") if payment else ("sign",))
        return told | {"sign": _rsa2(self._key, message)}

    def _answer(self, request: Received) -> Sent:
        parameters = _parameters(request)
        method = parameters["method"]
        unknown = {"code": "40004", "msg": "Business Failed", "sub_code": "isv.missing-method"}
        said = self._nodes.get(method)
        node = dict(said(parameters) if said else unknown)
        if node.get("broken"):
            return Sent(int(node["broken"]))
        raw = json.dumps({"code": "10000", "msg": "Success"} | node, ensure_ascii=False)
        name = method.replace(".", "_") + "_response"
        shown = f'"alipay_cert_sn":"{self._shown}",' if self._shown else ""
        return Sent(200, f'{{"{name}":{raw},{shown}"sign":"{_rsa2(self._key, raw.encode())}"}}'.encode())


def _parameters(request: Received) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(request.form)
    return parameters | {"biz_content": json.loads(parameters.get("biz_content") or "{}")}


def _rsa2(key: RSAPrivateKey, message: bytes) -> str:
    return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


@dataclass
class Department:
    """A department behind `world`: answers signed facts about the people in `facts` (by identity number)."""

    id: str
    world: World
    facts: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    kid: str = "k1"
    down: bool = False

    def __post_init__(self) -> None:
        self.path = f"/departments/{self.id}"
        self.endpoint = self.world.on(self.path, self._answer)

    @property
    def public_key(self) -> str:
        """Base64 of the raw public key."""
        return raw_public_key(self.key)

    def tells(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The value of the fact that is asked for; None where there is no record."""
        return self.facts.get(asked["subject"]["idNumber"])

    def _answer(self, request: Received) -> Sent:
        if self.down:
            return Sent(503)
        asked = request.json
        number = asked["subject"]["idNumber"]
        value = self.tells(asked)
        known = number in self.names
        status = "found" if value else "not-found"
        if known and self.names[number] != asked["subject"]["realName"]:
            status, value = "mismatch", None
        payload = {
            "iss": self.id,
            "requestId": asked["requestId"],
            "requestHash": b64encode(sha512(request.body).digest()).decode(),
            "fact": asked["fact"],
            "status": status,
            "value": value,
            "iat": int(system_clock().timestamp()),
        }
        header = {"alg": "EdDSA", "kid": self.kid, "typ": "fact+jwt"}
        message = f"{b64url(compact_json(header))}.{b64url(compact_json(payload))}"
        signed = f"{message}.{b64url(self.key.sign(message.encode()))}"
        return Sent(200, signed.encode(), "application/jose")


def raw_public_key(key: Ed25519PrivateKey) -> str:
    """Base64 of the 32 bytes of an Ed25519 public key."""
    return b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


@dataclass
class Party:
    """A hospital or pharmacy that signs its requests as wire profile `sc-callback` wants."""

    id: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    key_name: str = "k1"
    authority: str = "127.0.0.1:8470"

    @property
    def public_key(self) -> str:
        """Base64 of the raw public key."""
        return raw_public_key(self.key)

    def headers(  # noqa: PLR0913  (every one of them is a way to sign wrongly)
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        key: str = "",
        now: float | None = None,
        life: int = 120,
        nonce: str = "",
        tag: str = "sc-callback",
        alg: str = "ed25519",
        query: str = "",
    ) -> dict[str, str]:
        """All headers of a signed request; `path` without the query, which stands in its one form."""
        created = int(now if now is not None else time())
        covered = {
            "content-type": "application/json",
            "content-digest": content_digest(body),
            "idempotency-key": key or secrets.token_urlsafe(12),
        }
        derived = {"@method": method, "@authority": self.authority, "@path": path, "@query": f"?{query}"}
        names = " ".join(f'"{name}"' for name in INBOUND)
        unique = nonce or secrets.token_urlsafe(16)
        parameters = (
            f'({names});created={created};expires={created + life};nonce="{unique}"'
            f';keyid="{self.id}#{self.key_name}";alg="{alg}";tag="{tag}"'
        )
        lines = [f'"{name}": {(derived | covered)[name]}' for name in INBOUND]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        signature = b64encode(self.key.sign(base.encode())).decode()
        return covered | {"signature-input": f"sig1={parameters}", "signature": f"sig1=:{signature}:"}


def unb64(text: str) -> bytes:
    """Bytes behind standard base64."""
    return b64decode(text)
