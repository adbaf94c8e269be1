"""Card codes as pure data."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cards.codes import CodeBook, base45, unbase45
from chalicelib.cards.errors import CodeInvalid

_REFERENCE = "0123456789ABCDEF"
_KEY = bytes(range(32))


@given(st.binary(min_size=24, max_size=24))
def test_base45_comes_back_as_it_went(raw: bytes) -> None:
    assert unbase45("SC1:" + base45(raw)) == raw


def test_base45_is_that_of_rfc_9285() -> None:
    assert base45(b"AB") == "BB8"
    assert base45(b"base-4") == "UJCLQE7W5"


@given(st.integers(0, 2**32 - 1))
def test_a_code_says_what_was_put_in(now: int) -> None:
    book = CodeBook(_KEY)
    code = book.mint(_REFERENCE, now)
    read = book.read(code)
    assert read is not None
    assert (read.reference, read.minted_at) == (_REFERENCE, now)
    assert len(code) == 40


@given(st.data())
def test_any_single_changed_character_is_noticed(data: st.DataObject) -> None:
    book = CodeBook(_KEY)
    code = book.mint(_REFERENCE, 1_795_000_000)
    place = data.draw(st.integers(0, 39))
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    other = data.draw(st.sampled_from([c for c in alphabet if c != code[place]]))
    changed = code[:place] + other + code[place + 1 :]
    with suppress(CodeInvalid):
        assert book.read(changed) is None


def test_two_codes_of_one_card_have_no_block_in_common() -> None:
    book = CodeBook(_KEY)
    codes = {book.mint(_REFERENCE, 1_795_000_000 + second)[4:28] for second in range(500)}
    assert len(codes) == 500
    assert len({code[:6] for code in codes}) > 490


def test_another_days_key_reads_nothing() -> None:
    code = CodeBook(_KEY).mint(_REFERENCE, 1_795_000_000)
    assert CodeBook(bytes(32)).read(code) is None


@pytest.mark.parametrize(
    "code", ["", "SC1:", "SC1:" + "é" * 36, "SC1:" + "A" * 35, "SC2:" + "A" * 36, "SC1:" + ":" * 36]
)
def test_a_foreign_form_is_refused(code: str) -> None:
    with pytest.raises(CodeInvalid):
        CodeBook(_KEY).read(code)
