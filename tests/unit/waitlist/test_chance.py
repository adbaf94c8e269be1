"""The arithmetic of the estimate."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.waitlist.model.chance import WINDOW, leads_between, percent, word_of

BEGINS = datetime(2026, 11, 24, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "returned", "share", "expected"),
    [(0, 0, 1.0, 0), (0, 28, 1.0, 63), (1, 28, 1.0, 26), (0, 280, 1.0, 99), (0, 28, 0.5, 39)],
)
def test_more_than_those_ahead_must_come_back(ahead: int, returned: int, share: float, expected: int) -> None:
    """Poisson with mean 1: 1 - e^-1 = 63 %, 1 - 2e^-1 = 26 %; with mean 1/2: 39 %."""
    assert WINDOW.days == 28
    assert percent(ahead, returned, share) == expected


def test_a_lead_counts_between_now_and_the_deadline() -> None:
    now, until = BEGINS - timedelta(hours=10), BEGINS + timedelta(hours=1)
    assert leads_between([36_001, 36_000, 0, -3_600, -3_601], BEGINS, now, until) == 3


def test_the_word_follows_the_number() -> None:
    assert [word_of(each) for each in (0, 29, 30, 69, 70, 99)] == ["low"] * 2 + ["medium"] * 2 + ["high"] * 2
