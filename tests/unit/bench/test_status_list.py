"""What the row about status lists stands on: a floor that is one."""

from itertools import pairwise

from bench.status_list import entropy
from chalicelib.certificates.model.status import SIZE


def test_the_floor_is_the_entropy_of_the_list() -> None:
    assert entropy(SIZE // 2) == SIZE // 8  # a coin for each: one bit
    assert abs(entropy(10_000) - 10_185) < 2
    assert all(less < more for less, more in pairwise(entropy(count) for count in (1, 100, 10_000, 100_000)))
