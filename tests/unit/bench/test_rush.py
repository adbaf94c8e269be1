"""The rules by which the rush's clients play, and what counts as sold out."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.rush import leash
from bench.rush.clients import Outcome
from bench.rush.rules import Answer, Memory, Sale, Tally, Tap, Turn, contend

TURN = Turn("any", "", "test", (2, 1), contenders=40, clients=1)


class Scripted:
    """A store that answers as it is told."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.tally = list(answers), Tally()
        self.asked: list[int] = []

    def warm(self) -> None:
        """Nothing to open."""

    def hold(self, session: int, person: int) -> tuple[Answer, Sale | None]:
        self.asked.append(session)
        answer = self.answers.pop(0)
        return answer, Sale(session, 0, person) if answer is Answer.HELD else None

    def audit(self, sales: list[Sale]) -> tuple[int, int]:
        return len(sales), 0


def outcome(held: int, stands: int, free: int) -> Outcome:
    return Outcome(held, stands, free, 1.0, [], 0.0, held * 3, held, 0, held)


def test_one_person_in_twenty_taps_twice_in_a_row() -> None:
    taps = TURN.taps()
    assert sorted({tap.person for tap in taps}) == list(range(40))
    assert [tap.person for tap in taps if tap.again] == [0, 20]
    assert taps[:3] == [(0, False), (0, True), (1, False)]


def test_people_want_different_sessions_first_and_any_in_the_end() -> None:
    assert [TURN.wishes(Tap(person)) for person in (0, 1, 2)] == [[0, 1], [1, 0], [0, 1]]
    assert TURN.wishes(Tap(20, again=True)) == [0]


@pytest.mark.parametrize(
    ("answers", "asked", "sold"),
    [
        ((Answer.HELD,), [0], True),
        ((Answer.LOST, Answer.LOST, Answer.HELD), [0, 0, 0], True),
        ((Answer.FULL, Answer.HELD), [0, 1], True),
        ((Answer.FULL, Answer.FULL), [0, 1], False),
        ((Answer.ALREADY,), [0], False),
    ],
)
def test_a_tap_goes_on_until_it_holds_or_nothing_is_left(
    answers: tuple[Answer, ...],
    asked: list[int],
    sold: bool,  # noqa: FBT001
) -> None:
    store = Scripted(*answers)
    assert bool(contend(store, Memory(), TURN, Tap(2))) is sold
    assert (store.asked, store.answers) == (asked, [])


def test_who_comes_to_a_session_that_was_full_a_moment_ago_asks_nobody_unless_they_tapped_twice() -> None:
    full = Memory()
    full.keep(0, what=True)
    store = Scripted(Answer.HELD, Answer.ALREADY)
    assert contend(store, full, TURN, Tap(2))
    assert contend(store, full, TURN, Tap(20)) is None
    assert store.asked == [1, 0]


def test_what_was_seen_is_remembered_for_a_second() -> None:
    moment = [100.0]
    memory = Memory(now=lambda: moment[0])
    memory.keep(1, what=True)
    assert memory.recall(1)
    assert not memory.recall(2)
    moment[0] += 1.0
    assert not memory.recall(1)


@pytest.mark.parametrize(
    ("told", "sold_out"),
    [
        (outcome(3, 3, 0), True),
        (outcome(2, 2, 1), False),
        (outcome(4, 3, 0), False),
        (outcome(3, 2, 0), False),
        (outcome(4, 4, 0), False),
    ],
)
def test_sold_out_is_every_slot_once_and_nobody_told_otherwise(told: Outcome, sold_out: bool) -> None:  # noqa: FBT001
    assert told.sold_out(TURN) is sold_out
    assert told.wasted == 2.0


def test_an_engine_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    """Killed hard, the starter runs no line more: the engine must notice by itself."""
    note = tmp_path / "pid"
    engine = (
        f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    starter = (
        "import subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, {leash.__file__!r}, '', sys.executable, '-c', {engine!r}], "
        "stdin=subprocess.PIPE); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", starter]) as process:
        wait_until(lambda: note.exists() and note.read_text() != "")
        process.kill()
    pid = note.read_text()
    wait_until(lambda: not Path(f"/proc/{pid}").exists())


def wait_until(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)
