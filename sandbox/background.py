"""Work that nobody waits for: jobs run at once or at a time, on daemon threads.

It must not know what the jobs do. A job that fails is reported on stderr and forgotten: whoever needs
it done keeps its own record of that.
"""

import heapq
import queue
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Condition, Thread

from sandbox.clock import Clock

Job = Callable[[], object]

LONGEST_NAP = 0.5
"""Seconds: a held clock may be moved while the timer sleeps."""

LONGEST_FAREWELL = 0.5
"""Seconds: who stops the sandbox does not wait for somebody who does not answer."""


class Workers:
    """A few threads that run jobs in the order they came."""

    def __init__(self, threads: int = 8) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = [
            Thread(target=self._work, name=f"sandbox-worker-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, job: Job) -> None:
        """Run the job soon."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Let what runs come to its end, for a moment; jobs that did not begin are forgotten."""
        with suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()
        for _ in self._threads:
            self._jobs.put(None)
        deadline = time.monotonic() + LONGEST_FAREWELL
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            _attempt(job)


@dataclass(order=True, slots=True)
class _Due:
    at: datetime
    order: int
    job: Job = field(compare=False)


class Timer:
    """Jobs to run at a time. `run_due` runs them; `start` has a thread do so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._heap: list[_Due] = []
        self._order = count()
        self._stopped = False

    def at(self, moment: datetime, job: Job) -> None:
        """Run the job at that moment, or soon if it has passed."""
        with self._changed:
            heapq.heappush(self._heap, _Due(moment, next(self._order), job))
            self._changed.notify()

    def after(self, delay: timedelta, job: Job) -> None:
        """Run the job after the delay."""
        self.at(self._clock.now() + delay, job)

    def run_due(self) -> int:
        """Run every job whose time has come; how many those were."""
        jobs = self._take_due()
        for job in jobs:
            _attempt(job)
        return len(jobs)

    def start(self) -> None:
        """Have a thread run the jobs when they are due."""
        Thread(target=self._loop, name="sandbox-timer", daemon=True).start()

    def stop(self) -> None:
        """Run nothing any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _loop(self) -> None:
        while not self._stopped:
            self.run_due()
            with self._changed:
                self._changed.wait(self._nap())

    def _nap(self) -> float:
        if not self._heap:
            return LONGEST_NAP
        left = (self._heap[0].at - self._clock.now()).total_seconds()
        return min(max(left, 0.0), LONGEST_NAP)

    def _take_due(self) -> list[Job]:
        now = self._clock.now()
        jobs: list[Job] = []
        with self._changed:
            while self._heap and self._heap[0].at <= now:
                jobs.append(heapq.heappop(self._heap).job)
        return jobs


def _attempt(job: Job) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - one failed job must not end the thread that runs the others
        traceback.print_exc(file=sys.stderr)
