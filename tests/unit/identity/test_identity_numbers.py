"""Identity numbers against an independent oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from chalicelib.identity.model.persons import identity_number, masked_name, masked_number
from tests.builders import an_identity_number

NUMBERS = [an_identity_number() for _ in range(50)]


def test_a_right_number_is_accepted_by_us_and_by_the_oracle() -> None:
    for _ in range(200):
        number = an_identity_number()
        assert identity_number(number) == number
        assert ric.is_valid(number)


@given(st.data())
def test_any_single_changed_digit_is_noticed(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(NUMBERS))
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != number[place]]))
    assert identity_number(number[:place] + other + number[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", "3301", "33010219900230101X", "３３０１０２１９９００５１７１０１２", "3301021990051710112"]
)
def test_other_forms_are_refused(text: str) -> None:
    assert identity_number(text) is None


def test_a_small_x_and_surrounding_spaces_are_forgiven() -> None:
    number = next(n for n in (an_identity_number() for _ in range(400)) if n.endswith("X"))
    assert identity_number(f" {number.lower()} ") == number


def test_masks_show_no_more_than_family_name_region_and_last_four() -> None:
    assert masked_name("欧阳娜娜") == "欧***"
    assert masked_name("张") == "张*"
    assert masked_number("330102199005171018") == "3301**********1018"
