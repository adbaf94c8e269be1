"""Base45, with the examples of RFC 9285."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform import base45

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"\xff\xff", "FGW"),
    ],
)
def test_it_is_that_of_rfc_9285(raw: bytes, text: str) -> None:
    assert (base45.encode(raw), base45.decode(text)) == (text, raw)


@given(st.binary(max_size=300))
def test_what_went_comes_back(raw: bytes) -> None:
    assert base45.decode(base45.encode(raw)) == raw


@given(st.text(ALPHABET, max_size=20))
def test_bytes_have_one_text_and_no_other(text: str) -> None:
    try:
        raw = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(raw) == text


@pytest.mark.parametrize(
    "text",
    ["A", "AAAA", "GGW", ":::", "::", "6 5"[:1], "abc", "AB8\n", " BB8"[:4], "BB\u0668", "ＢＢ８", "é"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (also what Python says of a character beyond ASCII)
        base45.decode(text)
