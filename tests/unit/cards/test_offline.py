"""Offline codes: an independent library checks them, given only what we publish."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cwt import COSEKey
from cwt.cose_key_interface import COSEKeyInterface
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.cards.codes import CodeBooks
from chalicelib.cards.errors import CodeExpired, CodeInvalid
from chalicelib.cards.offline import OfflineBook, OfflineCode, cose_key_set
from chalicelib.cards.offline_keys import OfflineKey, OfflineKeys
from chalicelib.platform import base45
from chalicelib.types import encode_base32

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
ISSUER = "https://api.example.gov.cn"
REFERENCE = "0123456789ABCDEF"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class DayKeys:
    """What KMS derives, without KMS."""

    def __init__(self, salt: bytes = b"") -> None:
        self.salt, self.asked = salt, list[str]()

    def derive(self, label: str) -> bytes:
        self.asked.append(label)
        return (self.salt + label.encode()).rjust(32, b"\0")


def keys(mac: DayKeys | None = None) -> OfflineKeys:
    derives: Any = mac or DayKeys()
    return OfflineKeys(derives)


def book(mac: DayKeys | None = None, hours: float = 24, limit: int = 20000) -> OfflineBook:
    return OfflineBook(keys(mac), ISSUER, timedelta(hours=hours), limit)


def mint(at: datetime = NOON, reference: str = REFERENCE, made: OfflineBook | None = None) -> str:
    return (made or book()).mint(reference, at, family=False, region="330100", level=2)


# -- somebody who knows nothing but what is published
def cose_keys(at: datetime) -> list[COSEKeyInterface]:
    return [COSEKey.new(each) for each in cbor2.loads(cose_key_set(keys().published(at)))]


def jwks(at: datetime) -> list[COSEKeyInterface]:
    """The same from the JWKS: there the key's id and its point are base64url."""
    published = json.loads(json.dumps({"keys": [each.jwk for each in keys().published(at)]}))["keys"]
    raw = [{name: urlsafe_b64decode(each[name] + "==") for name in ("kid", "x", "y")} for each in published]
    return [COSEKey.new({1: 2, 2: each["kid"], 3: -7, -1: 1, -2: each["x"], -3: each["y"]}) for each in raw]


def outsider_reads(code: str, known: list[COSEKeyInterface]) -> dict[int, Any]:
    """What a pharmacy without a network sees: the library finds the key by its id. The clock is ours to check."""
    assert code.startswith("SC2:")
    return dict(cwt.CWT.new(leeway=10**9).decode(base45.decode(code[4:]), known))


outsiders = pytest.mark.parametrize("known", [cose_keys, jwks])


@outsiders
def test_an_independent_library_verifies_a_code_with_the_published_keys_alone(known: Any) -> None:
    claims = outsider_reads(mint(), known(NOON))
    assert (claims[1], claims[4] - claims[6]) == (ISSUER, 86400)
    assert claims[6] == int(NOON.timestamp())
    assert {key: claims[-65537][key] for key in (2, 3, 4)} == {2: "330100", 3: 2, 4: 20000}
    assert len(claims[7]) == 16


@outsiders
def test_a_code_minted_before_midnight_verifies_after_it(known: Any) -> None:
    code = mint(MIDNIGHT - timedelta(seconds=1))
    assert outsider_reads(code, known(MIDNIGHT))
    assert outsider_reads(code, known(MIDNIGHT + timedelta(hours=23, minutes=59)))


@outsiders
def test_tomorrows_key_is_published_today(known: Any) -> None:
    assert outsider_reads(mint(MIDNIGHT), known(NOON))


def test_whoever_fetches_the_keys_once_a_day_can_check_every_code_alive() -> None:
    fetched = MIDNIGHT + timedelta(minutes=1)
    for hours in range(0, 24, 3):
        now = fetched + timedelta(hours=hours)
        assert outsider_reads(mint(now), cose_keys(fetched))
        assert outsider_reads(mint(now - timedelta(hours=23)), cose_keys(fetched))


@outsiders
def test_the_day_before_yesterdays_key_is_published_no_more(known: Any) -> None:
    with pytest.raises(ValueError, match="key is not found"):
        outsider_reads(mint(NOON - timedelta(days=2)), known(NOON))


@outsiders
def test_a_forged_code_fails_for_an_outsider_too(known: Any) -> None:
    forged = mint(made=book(DayKeys(b"somebody else's")))
    with pytest.raises(ValueError, match="key is not found"):
        outsider_reads(forged, known(NOON))


@outsiders
def test_a_changed_claim_fails_for_an_outsider_too(known: Any) -> None:
    raw = base45.decode(mint()[4:])
    dearer = raw.replace(cbor2.dumps(20000), cbor2.dumps(30000))
    assert dearer != raw
    with pytest.raises(cwt.VerifyError):
        outsider_reads("SC2:" + base45.encode(dearer), known(NOON))


# -- what we read
@given(
    number=st.integers(0, 2**80 - 1),
    family=st.booleans(),
    region=st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    limit=st.integers(0, 10**6),
)
def test_a_code_says_what_was_put_in(number: int, family: bool, region: str, limit: int) -> None:  # noqa: FBT001
    reference = encode_base32(number, 16)
    made = book(limit=limit)
    read = made.read(made.mint(reference, NOON, family=family, region=region, level=2), NOON)
    second = int(NOON.timestamp())
    assert read == OfflineCode(
        reference, family, second, read.nonce, second + 86400, read.pseudonym, region, 2, limit
    )
    assert len(read.pseudonym) == 16


def test_two_codes_of_one_card_cannot_be_told_to_be_of_one_card() -> None:
    codes = [cbor2.loads(cbor2.loads(base45.decode(mint()[4:])).value[2]) for _ in range(20)]
    assert len({code[7] for code in codes}) == 20
    assert len({code[-65537][1] for code in codes}) == 20
    assert {code[-65537][2] for code in codes} == {"330100"}


@pytest.mark.parametrize(
    ("hours", "valid"), [(0, True), (17, True), (23.999, True), (24, False), (25, False)]
)
def test_a_code_is_valid_for_its_life(hours: float, valid: bool) -> None:  # noqa: FBT001
    code, at = mint(), NOON + timedelta(hours=hours)
    if valid:
        assert book().read(code, at).reference == REFERENCE
    else:
        with pytest.raises(CodeExpired):
            book().read(code, at)


def test_a_shorter_life_is_policy_and_stays_with_the_code() -> None:
    code = mint(made=book(hours=2))
    assert book(hours=24).read(code, NOON + timedelta(minutes=119))
    with pytest.raises(CodeExpired):
        book(hours=24).read(code, NOON + timedelta(hours=2))


@pytest.mark.parametrize("hours", [0, -1, 24.1])
def test_no_code_outlives_the_published_keys(hours: float) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        book(hours=hours)


def test_a_code_from_the_future_is_no_code() -> None:
    code = mint()
    assert book().read(code, NOON - timedelta(seconds=30))
    with pytest.raises(CodeInvalid):
        book().read(code, NOON - timedelta(minutes=10))


def test_the_minting_clock_may_be_a_little_ahead_at_midnight() -> None:
    assert book().read(mint(MIDNIGHT), MIDNIGHT - timedelta(seconds=20))


def test_a_day_before_its_time_is_as_unknown_as_a_day_long_past() -> None:
    for days in (-5, -3, 2):
        with pytest.raises(CodeInvalid):
            book().read(mint(NOON + timedelta(days=days)), NOON)


# -- changed, foreign
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_code_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    made = book()
    code = mint(made=made)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.one_of(st.sampled_from(ALPHABET), st.sampled_from("abc\n０Ａ："), st.characters()))
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(CodeInvalid):
            made.read(changed, NOON)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_code_with_a_character_more_or_less_is_refused(data: st.DataObject) -> None:
    made = book()
    code = mint(made=made)
    place = data.draw(st.integers(0, len(code)))
    more = data.draw(st.one_of(st.sampled_from(ALPHABET), st.characters()))
    for changed in {code[:place] + more + code[place:], code[:place] + code[place + 1 :]} - {code}:
        with pytest.raises(CodeInvalid):
            made.read(changed, NOON)


def test_the_other_signature_that_is_as_good_is_refused() -> None:
    """ECDSA gives two signatures for one: of a code there is one form only."""
    raw = base45.decode(mint()[4:])
    high = ORDER - int.from_bytes(raw[-32:], "big")
    twin = "SC2:" + base45.encode(raw[:-32] + high.to_bytes(32, "big"))
    assert outsider_reads(twin, cose_keys(NOON))
    with pytest.raises(CodeInvalid):
        book().read(twin, NOON)


@pytest.mark.parametrize(
    "written",
    [
        cbor2.dumps,
        lambda parts: cbor2.dumps(cbor2.CBORTag(18, [parts[0], {4: b"k"}, *parts[2:]])),
        lambda parts: cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, parts))),
        lambda parts: cbor2.dumps(cbor2.CBORTag(18, [*parts[:3], parts[3] + b"\0"])),
        lambda parts: cbor2.dumps(cbor2.CBORTag(18, parts)) + b"\0",
        lambda parts: b"\xd2\x9f" + b"".join(map(cbor2.dumps, parts)) + b"\xff",
    ],
    ids=[
        "untagged",
        "unprotected header",
        "tagged twice",
        "longer signature",
        "something behind",
        "no length",
    ],
)
def test_any_other_way_to_write_the_same_is_refused(written: Any) -> None:
    parts = list(cbor2.loads(base45.decode(mint()[4:])).value)
    with pytest.raises(CodeInvalid):
        book().read("SC2:" + base45.encode(written(parts)), NOON)


@pytest.mark.parametrize("code", ["", "SC2:", "SC2:" + "0" * 267, "SC2:" + "é" * 267, "SC2:" + "A" * 10**6])
def test_a_foreign_form_is_refused(code: str) -> None:
    with pytest.raises(CodeInvalid):
        book().read(code, NOON)


def test_an_online_code_is_no_offline_code_nor_the_other_way_round() -> None:
    derives: Any = DayKeys()
    online = CodeBooks(derives)
    with pytest.raises(CodeInvalid):
        book().read(online.mint(REFERENCE, NOON), NOON)
    with pytest.raises(CodeInvalid):
        online.read(mint(), NOON)


def test_nothing_that_we_did_not_sign_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = base45.decode(mint()[4:])
    monkeypatch.setattr(cbor2, "loads", lambda *_: pytest.fail("decoded"))
    for place in range(17, len(raw), 7):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(CodeInvalid):
            book().read("SC2:" + base45.encode(changed), NOON)


# -- keys
def test_each_day_has_a_key_of_its_own() -> None:
    published = keys().published(NOON)
    assert len({each.kid for each in published}) == 3
    assert keys().of(NOON).kid == published[1].kid
    assert [each.kid for each in keys().published(MIDNIGHT)][:2] == [each.kid for each in published][1:]


def test_a_days_key_is_asked_for_once() -> None:
    mac = DayKeys()
    made = book(mac)
    for _ in range(3):
        made.read(mint(made=made), NOON)
    assert mac.asked == ["sc2:2026-11-23"]


def test_the_private_key_is_a_number_within_the_order() -> None:
    for number in range(64):
        key = OfflineKey(number.to_bytes(32, "big"))
        value = key._private.private_numbers().private_value
        assert 1 <= value < ORDER
        assert derive_private_key(value, SECP256R1()).public_key() == key.public


def test_every_signature_is_the_lower_one() -> None:
    key = keys().of(NOON)
    assert all(int.from_bytes(key.sign(b"message")[32:], "big") <= ORDER // 2 for _ in range(40))
