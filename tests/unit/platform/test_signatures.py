"""HTTP message signatures, with the library http-message-signatures as an independent peer in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import time
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import InvalidSignature

from chalicelib.platform.keys import Es256Signer
from chalicelib.platform.signatures import (
    INBOUND,
    OUTBOUND,
    Message,
    RequestSigner,
    SignatureInvalid,
    SignatureMissing,
    SignatureStale,
    canonical_query,
    content_digest,
    verify,
)
from tests.fakes import Party

NOW = datetime.now(UTC).replace(microsecond=0)
BODY = b'{"appointmentId":"apt_1"}'
PATH = "/v1/callbacks/appointments"
PARTY = Party("inst-3301")


def received(**changes: Any) -> Message:
    headers = PARTY.headers("POST", PATH, BODY, now=NOW.timestamp())
    message = Message("POST", "127.0.0.1:8470", PATH, "", headers, BODY)
    return replace(message, **changes)


def with_header(name: str, value: str | None) -> Message:
    headers = dict(received().headers)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    return received(headers=headers)


def key_of(key_id: str) -> Ed25519PublicKey:
    assert key_id == "inst-3301#k1"
    return PARTY.key.public_key()


@dataclass
class Keys(HTTPSignatureKeyResolver):
    private: Any = None
    public: Any = None

    def resolve_private_key(self, key_id: str) -> Any:
        return self.private

    def resolve_public_key(self, key_id: str) -> Any:
        return self.public


def signed_by_the_library(method: str, body: bytes, url: str) -> Mapping[str, str]:
    request = SimpleNamespace(
        method=method,
        url=url,
        headers={"Content-Type": "application/json", "Idempotency-Key": '"01J00000000000"'},
    )
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys(private=PARTY.key)).sign(
        request,
        key_id="inst-3301#k1",
        created=NOW,
        expires=NOW + timedelta(seconds=120),
        nonce="bm9uY2Utbm9uY2Utbm9uY2U",
        label="sig1",
        tag="sc-callback",
        covered_component_ids=INBOUND,
        body=body,
    )
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", b"")])
def test_what_the_library_signs_verifies_here(method: str, body: bytes) -> None:
    headers = signed_by_the_library(method, body, f"http://127.0.0.1:8470{PATH}")
    signed = verify(Message(method, "127.0.0.1:8470", PATH, "", headers, body), key_of, NOW.timestamp())
    assert signed.key_id == "inst-3301#k1"
    assert signed.nonce == "bm9uY2Utbm9uY2Utbm9uY2U"
    assert signed.expires == int(NOW.timestamp()) + 120


def test_a_query_in_its_one_form_is_covered() -> None:
    query = canonical_query({"to": "2026-11-23", "from": "a b/中"})
    assert query == "from=a%20b%2F%E4%B8%AD&to=2026-11-23"
    headers = signed_by_the_library("GET", b"", f"http://127.0.0.1:8470{PATH}?{query}")
    message = Message("GET", "127.0.0.1:8470", PATH, query, headers, b"")
    assert verify(message, key_of, NOW.timestamp())
    with pytest.raises(SignatureInvalid):
        verify(replace(message, query="to=2026-11-24"), key_of, NOW.timestamp())


@pytest.mark.parametrize("body", [BODY, b""])
def test_what_we_sign_verifies_in_the_library(aws_keys: dict[str, str], body: bytes) -> None:
    signer = Es256Signer(aws_keys["OutboundKey"])
    url = "http://127.0.0.1:8470/sandbox/institutions/hos_1/inbox"
    headers = RequestSigner(signer).headers(url, body, key="evt_00000001", tag="sc-event", now=time())
    request = SimpleNamespace(method="POST", url=url, headers=dict(headers))
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Keys(public=signer.public_key)
    )
    (result,) = verifier.verify(request, expect_tag="sc-event", require_components=OUTBOUND, body=body)
    assert result.parameters["keyid"] == signer.kid
    request.headers["idempotency-key"] = "evt_00000002"
    with pytest.raises(InvalidSignature):
        verifier.verify(request, expect_tag="sc-event", require_components=OUTBOUND, body=body)


@pytest.mark.parametrize(
    "changed",
    [
        received(method="PUT"),
        received(authority="127.0.0.1:8471"),
        received(path="/v1/callbacks/clinics"),
        received(query="a=1"),
        received(body=BODY + b" "),
        with_header("idempotency-key", "another-key-0001"),
        with_header("content-type", "text/plain"),
        with_header("content-digest", content_digest(b"else")),
    ],
    ids=["method", "authority", "path", "query", "body", "key", "type", "digest"],
)
def test_a_change_of_anything_covered_is_refused(changed: Message) -> None:
    with pytest.raises(SignatureInvalid):
        verify(changed, key_of, NOW.timestamp())


@pytest.mark.parametrize(
    "name", ["signature", "signature-input", "content-digest", "idempotency-key", "content-type"]
)
def test_a_missing_part_is_said_to_be_missing(name: str) -> None:
    with pytest.raises(SignatureMissing):
        verify(with_header(name, None), key_of, NOW.timestamp())


@pytest.mark.parametrize(
    ("seconds", "life"), [(-31, 120), (121, 120), (0, 301), (0, 0)], ids=["future", "old", "long", "empty"]
)
def test_a_signature_outside_its_time_is_stale(seconds: int, life: int) -> None:
    headers = PARTY.headers("POST", PATH, BODY, now=NOW.timestamp() - seconds, life=life)
    with pytest.raises(SignatureStale):
        verify(received(headers=headers), key_of, NOW.timestamp())


def test_clocks_may_differ_by_half_a_minute() -> None:
    headers = PARTY.headers("POST", PATH, BODY, now=NOW.timestamp() + 30)
    assert verify(received(headers=headers), key_of, NOW.timestamp())


@pytest.mark.parametrize("wrong", [{"tag": "sc-event"}, {"alg": "rsa-v1_5-sha256"}, {"alg": "hmac-sha256"}])
def test_another_profile_is_refused_before_any_key_is_asked(wrong: dict[str, str]) -> None:
    headers = PARTY.headers("POST", PATH, BODY, now=NOW.timestamp(), **wrong)  # type: ignore[arg-type]

    def never(_: str) -> Ed25519PublicKey:
        raise AssertionError

    with pytest.raises(SignatureInvalid):
        verify(received(headers=headers), never, NOW.timestamp())


def test_another_key_is_refused() -> None:
    with pytest.raises(SignatureInvalid):
        verify(received(), lambda _: Ed25519PrivateKey.generate().public_key(), NOW.timestamp())


@pytest.mark.parametrize(
    "value", ["", "sig1=::", "sig1=:!!!:", "sig1=:AAAA:", "sig2=:AAAA:", "sig1=:" + "A" * 4000 + ":"]
)
def test_a_value_that_is_no_signature_is_refused(value: str) -> None:
    with pytest.raises((SignatureInvalid, SignatureMissing)):
        verify(with_header("signature", value), key_of, NOW.timestamp())
