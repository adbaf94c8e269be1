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


# -- two keys
@pytest.fixture
def rotated(aws_keys: dict[str, str]) -> Tokens:
    """The same issuer after the other key has taken over."""
    return Tokens(Es256Signer(aws_keys["TokenKeyB"]), ISSUER, (Es256Signer(aws_keys["TokenKey"]),))


def test_a_token_survives_the_rotation_of_keys(tokens: Tokens, rotated: Tokens) -> None:
    assert rotated.read("session+jwt", tokens.issue("session+jwt", CLAIMS), NOW) == CLAIMS
    assert rotated.read("session+jwt", rotated.issue("session+jwt", CLAIMS), NOW) == CLAIMS


def test_after_a_rotation_the_new_key_signs_and_both_are_published(tokens: Tokens, rotated: Tokens) -> None:
    keys = {each["kid"]: each for each in rotated.jwks}
    assert set(keys) == {tokens.signer.kid, rotated.signer.kid}
    assert len(keys) == 2
    token = rotated.issue("session+jwt", CLAIMS)
    header = json.loads(unb64url(token.partition(".")[0]))
    assert header["kid"] == rotated.signer.kid != tokens.signer.kid
    assert jwt.decode(token, ECKey.import_key({**keys[header["kid"]]}), algorithms=["ES256"]).claims == CLAIMS


def test_a_key_that_is_no_longer_trusted_signs_nothing_valid(tokens: Tokens, rotated: Tokens) -> None:
    alone = Tokens(rotated.signer, ISSUER)
    with pytest.raises(TokenInvalid):
        alone.read("session+jwt", tokens.issue("session+jwt", CLAIMS), NOW)


def test_a_token_that_names_the_wrong_one_of_our_keys_is_refused(tokens: Tokens, rotated: Tokens) -> None:
    _, _, rest = tokens.issue("session+jwt", CLAIMS).partition(".")
    header = {"alg": "ES256", "kid": rotated.signer.kid, "typ": "session+jwt"}
    with pytest.raises(TokenInvalid):
        rotated.read("session+jwt", f"{b64url(compact_json(header))}.{rest}", NOW)


def test_the_other_key_is_fetched_only_for_a_token_that_names_it(tokens: Tokens, rotated: Tokens) -> None:
    asked: list[str] = []
    events = rotated.signer.client().meta.events

    def note(params: dict[str, Any], **_: object) -> None:
        asked.append(params["KeyId"])

    events.register("provide-client-params.kms.GetPublicKey", note)
    rotated.read("session+jwt", rotated.issue("session+jwt", CLAIMS), NOW)
    own = list(asked)
    rotated.read("session+jwt", tokens.issue("session+jwt", CLAIMS), NOW)
    events.unregister("provide-client-params.kms.GetPublicKey", note)
    assert own == [rotated.signer.key]
    assert rotated.others[0].key in asked
