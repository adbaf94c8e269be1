"""What the rows about codes stand on: a floor that is a real code, and uses that cost what they must."""

import pytest

from bench.code_mint import Plain
from bench.decode_units import LEAST, counted
from chalicelib.platform import base45


def test_the_floors_code_is_read_by_whoever_minted_it_alone() -> None:
    plain = Plain()
    code = plain.mint()
    assert len(code) == 40
    assert plain.read(code) == base45.decode(code[4:])[:16]
    with pytest.raises(ValueError, match="SC1"):
        Plain().read(code)


def test_showing_and_using_a_code_is_billed_no_more_than_it_must() -> None:
    assert counted() == LEAST
