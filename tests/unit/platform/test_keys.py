"""Keys that never leave KMS, against moto's KMS and the cryptography library."""

import hashlib
import hmac

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from chalicelib.platform.keys import Es256Signer, Mac, Sealer, b64url
from chalicelib.platform.tokens import unb64url

SECRET = {"name": "欧阳娜娜", "number": "330102199005170018"}


@pytest.fixture
def sealer(aws_keys: dict[str, str]) -> Sealer:
    return Sealer(aws_keys["IdentityKey"])


@pytest.fixture
def mac(aws_keys: dict[str, str]) -> Mac:
    return Mac(aws_keys["CodeMacKey"])


def test_what_is_sealed_opens_in_its_context_alone(sealer: Sealer) -> None:
    sealed = sealer.seal(SECRET, {"person": "psn_1"})
    assert sealer.open(sealed, {"person": "psn_1"}) == SECRET
    with pytest.raises(ClientError):
        sealer.open(sealed, {"person": "psn_2"})


def test_sealing_hides_and_never_repeats_itself(sealer: Sealer) -> None:
    first, second = (sealer.seal(SECRET, {"person": "psn_1"}) for _ in range(2))
    assert first != second
    assert SECRET["number"].encode() not in first


def test_a_label_has_one_key_in_every_process(mac: Mac) -> None:
    fresh = Mac(mac.key)
    assert mac.derive("cursor") == fresh.derive("cursor")
    assert mac.derive("cursor") != mac.derive("pseudonym")
    assert len(mac.derive("cursor")) == 32


def test_a_derived_key_is_fetched_once(mac: Mac) -> None:
    asked: list[str] = []
    events = mac.client().meta.events

    def note(**_: object) -> None:
        asked.append("GenerateMac")

    events.register("before-call.kms.GenerateMac", note)
    keys = {mac.derive("cursor") for _ in range(3)}
    events.unregister("before-call.kms.GenerateMac", note)
    assert (len(keys), asked) == (1, ["GenerateMac"])


def test_a_derived_key_is_no_digest_that_anybody_could_ask_for(mac: Mac) -> None:
    """`derive` has its own prefix, so a digest of chosen text is never a key."""
    assert mac.derive("cursor") != mac.digest(b"cursor")


def test_a_digest_is_not_a_plain_hash(mac: Mac) -> None:
    number = SECRET["number"].encode()
    assert mac.digest(number) == mac.digest(number)
    assert mac.digest(number) != hashlib.sha256(number).digest()
    assert not hmac.compare_digest(mac.digest(number), mac.digest(number + b"0"))


def test_a_raw_signature_is_64_bytes_and_holds(aws_keys: dict[str, str]) -> None:
    signer = Es256Signer(aws_keys["TokenKey"])
    for _ in range(4):
        raw = signer.sign(b"message")
        assert len(raw) == 64
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        signer.public_key.verify(der, b"message", ECDSA(SHA256()))


@pytest.mark.parametrize("raw", [b"", b"a", b"ab", b"abc", bytes(range(256))])
def test_base64_for_urls_comes_back(raw: bytes) -> None:
    text = b64url(raw)
    assert not set(text) & set("+/=")
    assert unb64url(text) == raw
