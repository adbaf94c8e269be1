"""Session tokens, with joserfc as the oracle in both directions."""

import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey

from chalicelib.platform.keys import Es256Signer, b64url
from chalicelib.platform.tokens import TokenExpired, TokenInvalid, Tokens, compact_json, unb64url

NOW = 1_795_000_000.0
ENDS = int(NOW) + 60
ISSUER = "https://api.example.gov.cn"
CLAIMS = {"iss": ISSUER, "sub": "ctz_1", "exp": ENDS}


@pytest.fixture
def tokens(aws_keys: dict[str, str]) -> Tokens:
    return Tokens(Es256Signer(aws_keys["TokenKey"]), ISSUER)


def published(tokens: Tokens) -> dict[str, Any]:
    """Our key as the outside reads it."""
    return dict(tokens.signer.jwk)


def test_a_token_reads_back(tokens: Tokens) -> None:
    assert tokens.read("session+jwt", tokens.issue("session+jwt", CLAIMS), NOW) == CLAIMS


def test_joserfc_verifies_our_token_with_our_published_key(tokens: Tokens) -> None:
    key = ECKey.import_key(published(tokens))
    decoded = jwt.decode(tokens.issue("session+jwt", CLAIMS), key, algorithms=["ES256"])
    assert decoded.claims == CLAIMS
    assert decoded.header == {"alg": "ES256", "kid": key.thumbprint(), "typ": "session+jwt"}


def test_a_token_of_somebody_elses_key_is_refused(tokens: Tokens) -> None:
    other = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "kid": tokens.signer.kid, "typ": "session+jwt"}
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", jwt.encode(header, CLAIMS, other), NOW)


def test_the_public_key_is_no_hmac_secret(tokens: Tokens) -> None:
    """The classic confusion of algorithms: HS256 keyed with the published key."""
    secret = OctKey.import_key(compact_json(tokens.signer.jwk))
    header = {"alg": "HS256", "kid": tokens.signer.kid, "typ": "session+jwt"}
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", jwt.encode(header, CLAIMS, secret, algorithms=["HS256"]), NOW)


def test_an_unsigned_token_is_refused(tokens: Tokens) -> None:
    header = b64url(compact_json({"alg": "none", "kid": tokens.signer.kid, "typ": "session+jwt"}))
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", f"{header}.{b64url(compact_json(CLAIMS))}.", NOW)


def test_another_kind_of_token_is_refused(tokens: Tokens) -> None:
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", tokens.issue("presence+jwt", CLAIMS), NOW)


def test_a_token_ends_at_its_second(tokens: Tokens) -> None:
    token = tokens.issue("session+jwt", CLAIMS)
    assert tokens.read("session+jwt", token, ENDS - 0.1)
    with pytest.raises(TokenExpired):
        tokens.read("session+jwt", token, ENDS)


@pytest.mark.parametrize("part", [0, 1, 2], ids=["header", "claims", "signature"])
def test_a_changed_part_is_refused(tokens: Tokens, part: int) -> None:
    parts = tokens.issue("session+jwt", CLAIMS).split(".")
    raw = bytearray(unb64url(parts[part]))
    raw[3] ^= 1
    parts[part] = b64url(bytes(raw))
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", ".".join(parts), NOW)


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c", "....", "é.é.é", "x" * 5000, "W10.W10." + "A" * 86]
)
def test_garbage_is_refused(tokens: Tokens, text: str) -> None:
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", text, NOW)


def test_a_der_signature_is_no_jws_signature(tokens: Tokens) -> None:
    message, _, _ = tokens.issue("session+jwt", CLAIMS).rpartition(".")
    der = tokens.signer.sign_der(message.encode())
    with pytest.raises(TokenInvalid):
        tokens.read("session+jwt", f"{message}.{b64url(der)}", NOW)


def test_the_kid_is_the_thumbprint_of_rfc_7638(tokens: Tokens) -> None:
    assert tokens.signer.kid == ECKey.import_key(published(tokens)).thumbprint()


def test_our_signature_is_a_detached_jws_for_joserfc(tokens: Tokens) -> None:
    token = tokens.issue("presence+jwt", CLAIMS)
    found = jws.deserialize_compact(token, ECKey.import_key(published(tokens)), algorithms=["ES256"])
    assert json.loads(found.payload) == CLAIMS
