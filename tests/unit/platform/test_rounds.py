"""Trying again: how often, and after which pauses."""

import pytest

from chalicelib.platform.rounds import MOST, rounds


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("chalicelib.platform.rounds.sleep", waited.append)
    return waited


def test_the_first_try_waits_for_nothing(pauses: list[float]) -> None:
    assert next(rounds()) == 0
    assert pauses == []


def test_no_two_losers_wait_alike_and_a_request_outlives_all_its_pauses(pauses: list[float]) -> None:
    assert list(rounds()) == list(range(MOST))
    first = [*pauses]
    pauses.clear()
    assert list(rounds()) == list(range(MOST))
    assert len(first) == len(pauses) == MOST - 1
    assert first != pauses
    assert 0 <= sum(first) < 4
    assert max(first[:2]) <= 0.02
