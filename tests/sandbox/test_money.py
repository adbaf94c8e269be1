"""Yuan and fen are two ways to write one amount."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sandbox.payment_app.money import MOST_FEN, fen, yuan


@given(st.integers(1, MOST_FEN))
def test_fen_written_as_yuan_are_read_as_the_same_fen(amount: int) -> None:
    assert fen(yuan(amount), "total_amount") == amount
    assert Decimal(yuan(amount)) * 100 == amount
