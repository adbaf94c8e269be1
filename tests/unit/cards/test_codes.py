"""Card codes as pure data."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cards.codes import Code, CodeBook, CodeBooks
from chalicelib.cards.errors import CodeExpired, CodeInvalid
from chalicelib.platform import base45
from chalicelib.types import encode_base32

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
REFERENCE = "0123456789ABCDEF"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
references = st.integers(0, 2**80 - 1).map(lambda number: encode_base32(number, 16))
seconds = st.integers(0, 2**32 - 1)


class DayKeys:
    """What KMS derives, without KMS."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def derive(self, label: str) -> bytes:
        self.asked.append(label)
        return label.encode().rjust(32, b"\0")


def books(keys: DayKeys | None = None) -> CodeBooks:
    derives: Any = keys or DayKeys()
    return CodeBooks(derives)


def after(**passed: float) -> datetime:
    return NOON + timedelta(**passed)


# -- what a code says
@given(reference=references, second=seconds, family=st.booleans())
def test_a_code_says_what_was_put_in(reference: str, second: int, family: bool) -> None:  # noqa: FBT001
    book = CodeBook(bytes(32))
    code = book.mint(reference, second, family=family)
    read = book.open(base45.decode(code[4:]))
    assert read is not None
    assert read == Code(reference, second, read.nonce, family)
    assert 0 <= read.nonce < 2**15


@pytest.mark.parametrize("family", [False, True])
def test_a_code_is_read_as_it_was_minted(family: bool) -> None:  # noqa: FBT001
    kept = books()
    read = kept.read(kept.mint(REFERENCE, NOON, family=family), NOON)
    assert read[:2] == (REFERENCE, int(NOON.timestamp()))
    assert read.family is family


def test_a_code_fits_a_qr_code_of_29_modules() -> None:
    kept = books()
    for _ in range(20):
        code = kept.mint(REFERENCE, NOON)
        qr = segno.make_qr(code, error="m", boost_error=False)
        assert len(code.encode()) == 40
        assert (qr.version, qr.mode, qr.symbol_size(border=0)) == (3, "alphanumeric", (29, 29))


def test_two_codes_of_one_card_have_nothing_in_common() -> None:
    book = CodeBook(bytes(32))
    codes = {book.mint(REFERENCE, 1_795_000_000 + second)[4:28] for second in range(500)}
    assert len(codes) == 500
    assert len({code[:6] for code in codes}) > 490


def test_codes_of_one_second_differ() -> None:
    kept = books()
    assert len({kept.mint(REFERENCE, NOON) for _ in range(50)}) == 50


# -- changed, foreign
@given(st.data())
def test_a_code_with_one_character_changed_is_refused(data: st.DataObject) -> None:
    kept = books()
    code = kept.mint(REFERENCE, NOON, family=data.draw(st.booleans()))
    place = data.draw(st.integers(0, 39))
    other = data.draw(
        st.one_of(
            st.sampled_from(ALPHABET),
            st.sampled_from("abcxyz\n\t０１ＡＢОАС＄％∶⁄‐\u00a0\u0660"),
            st.characters(),
        )
    )
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(CodeInvalid):
            kept.read(changed, NOON)


@given(st.data())
def test_a_code_with_a_character_more_or_less_is_refused(data: st.DataObject) -> None:
    kept = books()
    code = kept.mint(REFERENCE, NOON)
    place = data.draw(st.integers(0, 40))
    more = data.draw(st.one_of(st.sampled_from(ALPHABET), st.characters()))
    for changed in {code[:place] + more + code[place:], code[:place] + code[place + 1 :]} - {code}:
        with pytest.raises(CodeInvalid):
            kept.read(changed, NOON)


def test_a_code_with_two_characters_exchanged_is_refused() -> None:
    kept = books()
    code = kept.mint(REFERENCE, NOON)
    exchanged = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(39)} - {code}
    assert len(exchanged) > 30
    for each in exchanged:
        with pytest.raises(CodeInvalid):
            kept.read(each, NOON)


@pytest.mark.parametrize(
    "code",
    ["", "SC1:", "SC1:" + "é" * 36, "SC1:" + "A" * 35, "SC2:" + "A" * 36, "SC1:" + ":" * 36, "0" * 40],
)
def test_a_foreign_form_is_refused(code: str) -> None:
    with pytest.raises(CodeInvalid):
        books().read(code, NOON)


def test_another_keys_code_is_refused() -> None:
    foreign = CodeBook(b"x" * 32).mint(REFERENCE, int(NOON.timestamp()))
    with pytest.raises(CodeInvalid):
        books().read(foreign, NOON)


# -- time
def test_a_code_lives_sixty_seconds() -> None:
    kept = books()
    code = kept.mint(REFERENCE, NOON)
    assert kept.read(code, after(seconds=59.999))
    with pytest.raises(CodeExpired):
        kept.read(code, after(seconds=60))


def test_the_minting_clock_may_be_a_little_ahead() -> None:
    kept = books()
    code = kept.mint(REFERENCE, NOON)
    assert kept.read(code, after(seconds=-30))
    with pytest.raises(CodeInvalid):
        kept.read(code, after(seconds=-30.001))


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_ten_minutes_off_is_told_apart(minutes: int) -> None:
    kept = books()
    code = kept.mint(REFERENCE, after(minutes=minutes))
    with pytest.raises(CodeExpired if minutes < 0 else CodeInvalid):
        kept.read(code, NOON)


@pytest.mark.parametrize(("minted", "read"), [(-1, 58.9), (-59, 0.5), (0, -29), (20, -10)])
def test_a_code_crosses_midnight_either_way(minted: float, read: float) -> None:
    kept = books()
    code = kept.mint(REFERENCE, MIDNIGHT + timedelta(seconds=minted))
    assert kept.read(code, MIDNIGHT + timedelta(seconds=read)).reference == REFERENCE


def test_tomorrows_code_is_not_yet_ours_in_the_afternoon() -> None:
    kept = books()
    with pytest.raises(CodeInvalid):
        kept.read(kept.mint(REFERENCE, MIDNIGHT), NOON)


def test_yesterdays_code_is_stale_and_not_foreign() -> None:
    kept = books()
    code = kept.mint(REFERENCE, after(hours=-20))
    with pytest.raises(CodeExpired):
        kept.read(code, NOON)


def test_an_older_days_code_is_foreign() -> None:
    kept = books()
    with pytest.raises(CodeInvalid):
        kept.read(kept.mint(REFERENCE, after(hours=-48)), NOON)


# -- keys
def test_a_days_key_is_asked_for_once() -> None:
    keys = DayKeys()
    kept = books(keys)
    for _ in range(3):
        kept.read(kept.mint(REFERENCE, NOON), NOON)
    assert keys.asked == ["sc1:2026-11-23"]


def test_garbage_asks_for_no_more_days_than_there_may_be() -> None:
    keys = DayKeys()
    kept = books(keys)
    for number in range(20):
        with pytest.raises(CodeInvalid):
            kept.read("SC1:" + base45.encode(number.to_bytes(24, "big")), NOON)
    assert keys.asked == ["sc1:2026-11-23", "sc1:2026-11-22"]


def test_one_book_serves_many_threads() -> None:
    kept = books()

    def errand(number: int) -> bool:
        reference = encode_base32(number, 16)
        return all(kept.read(kept.mint(reference, NOON), NOON).reference == reference for _ in range(200))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(errand, range(16)))
