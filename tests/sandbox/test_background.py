"""Work that nobody waits for: done in order, on time, not any more after the end."""

import threading
from datetime import timedelta

import pytest

from sandbox.background import Timer, Workers
from tests.sandbox.outside import HeldClock


def test_a_failed_job_does_not_end_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    workers, done = Workers(1), threading.Event()
    workers.run(lambda: 1 / 0)
    workers.run(done.set)
    assert done.wait(5)
    workers.stop()
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_nothing_begins_after_the_end() -> None:
    workers, begun, go_on = Workers(1), threading.Event(), threading.Event()
    late = threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(5)

    workers.run(wait)
    workers.run(late.set)
    assert begun.wait(5)
    workers.stop()
    go_on.set()
    assert not late.wait(0.2)


def test_jobs_run_when_their_time_has_come_in_its_order() -> None:
    clock, said = HeldClock(), list[str]()
    timer = Timer(clock)
    timer.after(timedelta(minutes=2), lambda: said.append("second"))
    timer.after(timedelta(minutes=1), lambda: said.append("first"))
    assert timer.run_due() == 0
    clock.turn(minutes=2)
    assert timer.run_due() == 2
    assert said == ["first", "second"]
