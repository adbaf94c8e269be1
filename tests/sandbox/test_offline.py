"""A terminal without a network takes a code that the published keys vouch for, and no other."""

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cards.offline import OfflineBook, cose_key_set
from chalicelib.cards.offline_keys import OfflineKeys
from sandbox.institutions import base45
from sandbox.institutions.directory import institutions
from tests.sandbox.outside import Api, Client

PHARMACY = next(each.institution_id for each in institutions().values() if each.kind == "pharmacy")
KEYS = "/.well-known/cose-keys"


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base45_is_that_of_the_standard(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@given(st.binary(max_size=200))
def test_base45_comes_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize("text", ["A", "GGW", "ZZ", "ab1", ":::", "BB8A"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no Base45"):
        base45.decode(text)


@dataclass(slots=True)
class Mint:
    """Signs offline codes with a key of its own, part by part, as RFC 9052 writes them."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    @property
    def cose_key(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
        return {1: 2, 2: hashlib.sha256(x).digest()[:8], 3: -7, -1: 1, -2: x, -3: y}

    def claims(self, **changed: Any) -> dict[int, Any]:
        now = int(time.time())
        card = {1: "pw_1", 2: "330100", 3: 2, 4: 20_000}
        claims = {1: "https://zerotrip", 4: now + 3600, 6: now, 7: b"c" * 16, -65537: card}
        return claims | {int(name[1:]): value for name, value in changed.items()}

    def sign1(self, claims: Any, kid: bytes | None = None, alg: int = -7) -> list[Any]:
        protected = cbor2.dumps({1: alg, 4: kid or self.cose_key[2]}, canonical=True)
        payload = cbor2.dumps(claims, canonical=True)
        signed = cbor2.dumps(["Signature1", protected, b"", payload])
        r, s = decode_dss_signature(self.key.sign(signed, ECDSA(SHA256())))
        return [protected, {}, payload, r.to_bytes(32) + s.to_bytes(32)]

    def code(self, message: Any, tag: int = 18) -> str:
        return "SC2:" + base45.encode(cbor2.dumps(cbor2.CBORTag(tag, message), canonical=True))


@pytest.fixture
def mint(backend: Api) -> Mint:
    made = Mint()
    backend.on("GET", KEYS, (200, cbor2.dumps([made.cose_key])))
    return made


def judged(client: Client, code: str) -> dict[str, Any]:
    answer = client.post(f"/sandbox/institutions/{PHARMACY}/offline-check", {"code": code})
    assert answer.status == 200
    told: dict[str, Any] = answer.json
    return told


def test_a_genuine_code_tells_what_a_terminal_may_know(mint: Mint, client: Client) -> None:
    told = judged(client, mint.code(mint.sign1(mint.claims(_4=1_900_000_000))))
    assert told == {
        "genuine": True,
        "issuer": "https://zerotrip",
        "pseudonym": "pw_1",
        "region": "330100",
        "level": 2,
        "spendLimitFen": 20_000,
        "expiresAt": "2030-03-17T17:46:40.000Z",
        "codeId": "63" * 16,
    }


class DayKeys:
    """What KMS derives, without KMS."""

    def derive(self, label: str) -> bytes:
        return hashlib.sha256(label.encode()).digest()


def test_a_code_of_the_services_own_is_genuine_until_it_is_changed(backend: Api, client: Client) -> None:
    """Two implementations judge each other: the service mints, the terminal knows what is published."""
    mac: Any = DayKeys()
    keys, now = OfflineKeys(mac), datetime.now(UTC)
    backend.on("GET", KEYS, (200, cose_key_set(keys.published(now))))
    book = OfflineBook(keys, "https://zerotrip", timedelta(hours=1), 15_000)
    code = book.mint("0123456789ABCDEF", now, family=False, region="330100", level=2)
    told = judged(client, code)
    assert told["genuine"]
    assert (told["region"], told["level"], told["spendLimitFen"]) == ("330100", 2, 15_000)
    assert told["pseudonym"] == book.read(code, now).pseudonym
    for place in (10, 60, 120, 180, len(code) - 3):
        changed = code[:place] + ("0" if code[place] != "0" else "1") + code[place + 1 :]
        assert not judged(client, changed)["genuine"]


def test_keys_are_fetched_once_and_then_no_network_is_needed(
    mint: Mint, backend: Api, client: Client
) -> None:
    assert judged(client, mint.code(mint.sign1(mint.claims())))["genuine"]
    backend.behaviours.clear()
    assert judged(client, mint.code(mint.sign1(mint.claims())))["genuine"]
    assert len(backend.at(KEYS)) == 1


def test_a_key_that_is_published_later_is_found(mint: Mint, backend: Api, client: Client) -> None:
    assert judged(client, mint.code(mint.sign1(mint.claims())))["genuine"]
    other = Mint()
    backend.on("GET", KEYS, (200, cbor2.dumps([mint.cose_key, other.cose_key])))
    time.sleep(1.05)
    assert judged(client, other.code(other.sign1(other.claims())))["genuine"]


def refused(client: Client, code: str) -> str:
    told = judged(client, code)
    assert not told["genuine"]
    assert set(told) == {"genuine", "reason"}
    return str(told["reason"])


def test_a_code_of_another_time_is_refused(mint: Mint, client: Client) -> None:
    now = int(time.time())
    assert refused(client, mint.code(mint.sign1(mint.claims(_4=now - 1)))) == "expired"
    assert refused(client, mint.code(mint.sign1(mint.claims(_6=now + 600)))) == "not-yet-valid"


def test_a_code_that_nobody_published_a_key_for_is_refused(mint: Mint, client: Client) -> None:
    stranger = Mint()
    assert refused(client, stranger.code(stranger.sign1(stranger.claims()))) == "unknown-key"
    posing = stranger.sign1(stranger.claims(), kid=mint.cose_key[2])
    assert refused(client, stranger.code(posing)) == "forged"


@pytest.mark.parametrize("part", [2, 3])
def test_a_code_changed_after_signing_is_forged(mint: Mint, client: Client, part: int) -> None:
    message = mint.sign1(mint.claims())
    message[part] = message[part][:-1] + bytes([message[part][-1] ^ 1])
    assert refused(client, mint.code(message)) == "forged"


def test_what_is_not_the_one_form_is_malformed(mint: Mint, client: Client) -> None:
    message = mint.sign1(mint.claims())
    whole = mint.code(message)
    unsigned = "SC2:" + base45.encode(cbor2.dumps(mint.claims()))
    crossed = [message[0], {4: b"x"}, *message[2:]]
    longer = "SC2:" + base45.encode(base45.decode(whole[4:]) + b"\x00")
    forms = {
        "unsigned claims": unsigned,
        "a MAC": mint.code(message, tag=17),
        "another prefix": whole.replace("SC2:", "SC1:"),
        "an unprotected header": mint.code(crossed),
        "bytes after the end": longer,
        "not the shortest form": "SC2:" + base45.encode(b"\xd8\x12" + base45.decode(whole[4:])[1:]),
        "another algorithm": mint.code(mint.sign1(mint.claims(), alg=-8)),
        "no Base45": "SC2:abc",
        "no card": mint.code(mint.sign1(mint.claims() | {-65537: None})),
        "no claims": mint.code(mint.sign1([1, 2])),
    }
    assert {name: refused(client, code) for name, code in forms.items()} == dict.fromkeys(forms, "malformed")


def test_without_keys_nothing_is_genuine(backend: Api, client: Client) -> None:
    made = Mint()
    assert refused(client, made.code(made.sign1(made.claims()))) == "unknown-key"
    assert len(backend.at(KEYS)) == 1
