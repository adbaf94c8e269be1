"""A registration hall on a cloud in memory: sessions, patients, the payment app's till, and processes that may die.

It knows the service's use-cases and what the world outside keeps; never how a use-case is done, nor what must hold.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from typing import NamedTuple

from chalicelib.appointments.model.directory import Session
from chalicelib.errors import AppError
from chalicelib.payments.model import Order
from tests.appointments import Patient, Till, a_patient, a_session, published
from tests.clock import HeldClock
from tests.cloud import QUEUES, STREAMS
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, Remembered, cold_start, place

PLACES = 3
PATIENTS = 4
BEGINNING = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)


class Trouble(NamedTuple):
    """Something happens at one call of a process: it dies there, or `meanwhile` somebody else does something whole."""

    at: int
    moment: Moment
    meanwhile: str = ""
    """One of `Hall.meanwhile`; empty: the process dies."""


@dataclass(repr=False)
class Hall:
    """Sessions of few slots, more patients than slots, and the payment app."""

    place: Place
    till: Till
    sessions: list[Session] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    morning: Remembered = field(default_factory=dict)
    made: list[tuple[int, str]] = field(default_factory=list)
    """Patient and id of every appointment that was answered."""
    orders: dict[str, Order] = field(default_factory=dict)
    """Orders that a phone was answered."""
    told: list[dict[str, str]] = field(default_factory=list)
    """Notifications on their way."""
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What somebody else may do during a process's call, by name; a machine's parts may add theirs."""

    def __repr__(self) -> str:
        return "hall"

    def open_up(self) -> None:
        """The first morning."""
        self.sessions = [
            published(a_session(self.place.clock, places=PLACES, doctor=doctor)) for doctor in ("A", "B")
        ]
        self.patients = [a_patient(self.till.app, self.place.clock) for _ in range(PATIENTS)]
        self.place.cloud.settle()
        self.morning = self.place.cloud.remember()

    def begin(self) -> None:
        """That morning again, with nothing made yet."""
        self.place.clock.now = BEGINNING
        self.place.cloud.return_to(self.morning)
        self.till.trades.clear()
        self.till.refunds.clear()
        self.till.down = False
        self.made.clear()
        self.orders.clear()
        self.told.clear()
        self.meanwhile = {"everybody works": self.everybody_works}
        cold_start()

    def do(self, work: Callable[[], object], trouble: Trouble | None) -> object:
        """One process's work, which may die; what it refuses is its answer, and None where there is none."""
        cloud = self.place.cloud
        try:
            return cloud.live(work, self._strike(trouble))
        except AppError as refusal:
            return refusal
        except Died:
            cold_start()
            return None

    def _strike(self, trouble: Trouble | None) -> Strike | None:
        if trouble is None:
            return None
        deed = self.meanwhile[trouble.meanwhile] if trouble.meanwhile else self.place.cloud.calls.die
        return Strike(trouble.at, trouble.moment, deed)

    def remember(self, patient: int, answer: object) -> None:
        """A patient learns of an appointment (anything with an id) from an answer; a refusal teaches nothing."""
        if answer is None or isinstance(answer, AppError):
            return
        made = (patient, answer.id)  # type: ignore[attr-defined]
        if made not in self.made:
            self.made.append(made)

    # -- streams, queues, the schedule
    def stream(self, trouble: Trouble | None) -> None:
        """Each table's stream is read once; a reader that dies gets the same again."""
        cloud = self.place.cloud
        for table, function in STREAMS.items():
            before = cloud.read_until.get(table, "0")
            event = cloud.stream(table)
            if event and self.do(lambda: cloud.invoke(function, event) or "read", trouble) != "read":  # noqa: B023
                cloud.read_until[table] = before

    def work(self, which: int, trouble: Trouble | None, *, twice: bool) -> None:
        """One waiting message is worked on; it stays if that failed, or if it comes twice."""
        cloud = self.place.cloud
        found = [(queue, each) for queue in QUEUES for each in cloud.waiting(queue)]
        if not found:
            return
        queue, message = found[which % len(found)]
        record = {"Records": [message.record(cloud.arns[queue])]}
        answer = self.do(lambda: cloud.invoke(QUEUES[queue], record) or {}, trouble)
        done = isinstance(answer, dict) and not answer.get("batchItemFailures") and not twice
        if done and message in cloud.waiting(queue):  # a process meanwhile may have finished it
            cloud.waiting(queue).remove(message)

    def everybody_works(self) -> None:
        """Streams are read, and what waits in the queues is worked on, all of it once."""
        self.stream(None)
        for queue in QUEUES:
            for _ in range(len(self.place.cloud.waiting(queue))):
                self.work(0, None, twice=False)


@contextmanager
def hall() -> Iterator[Hall]:
    """A hall that has just opened."""
    clock = HeldClock(BEGINNING)
    logging.disable()  # thousands of histories' logs, which nobody reads
    try:
        with place(clock) as here, redirect_stdout(StringIO()):
            made = Hall(here, Till(here.payment_app))
            made.open_up()
            yield made
    finally:
        logging.disable(logging.NOTSET)
