"""A registration hall on a cloud in memory: sessions, patients, the payment app's till, and processes that may die.

It knows the service's use-cases and what the world outside keeps; never how a use-case is done, nor what must hold.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from io import StringIO
from typing import NamedTuple
from unittest.mock import patch

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.errors import AppError
from chalicelib.institutions.model import Kind, Registration
from chalicelib.payments.model import Order
from chalicelib.wiring.platform import core_table
from tests.appointments import Patient, Till, a_patient, a_session, published, with_another_account
from tests.clock import HeldClock
from tests.cloud import QUEUES, STREAMS
from tests.fakes import Sent
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, Remembered, cold_start, place
from tests.parties import HOSPITAL

SESSIONS = 3
PLACES = 3
PATIENTS = 4
"""The last one is the first one's person with another account. `WAITER`, one more, only waits."""
WAITER = PATIENTS


class Trouble(NamedTuple):
    """Something happens at one call of a process: it dies there, or `meanwhile` somebody else does something whole."""

    at: int
    moment: Moment
    meanwhile: int | None = None
    """Which of `Hall.meanwhile`; None: the process dies."""


@dataclass(frozen=True, slots=True)
class Morning:
    """When a history begins, when its sessions are (tomorrow in China), and the rules of hospital and city."""

    at: datetime
    sessions: tuple[time, time, time]
    hospital: Mapping[str, int] = field(default_factory=dict)
    city: Mapping[str, int] = field(default_factory=dict)


MORNINGS = (
    Morning(datetime(2026, 11, 23, 23, 50, tzinfo=UTC), (time(8), time(8), time(14))),
    # the sessions are on 29 February; slots cool, and one missed appointment is too many
    Morning(
        datetime(2028, 2, 27, 23, 50, tzinfo=UTC),
        (time(8), time(8), time(14)),
        {"most_cooling_minutes": 30, "most_noshows": 1},
        {"most_per_day": 2},
    ),
    # in China it is ten to twelve, and tomorrow's month ends with a session that begins a quarter past midnight
    Morning(
        datetime(2027, 1, 30, 15, 50, tzinfo=UTC),
        (time(0, 15), time(8), time(23)),
        {"cancel_minutes": 60, "answer_minutes": 30, "late_minutes": 10, "noshow_minutes": 20},
        {"most_per_day": 1},
    ),
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A morning as it stands before anybody came."""

    at: datetime
    sessions: list[Session]
    tables: Remembered


@dataclass(repr=False)
class Hall:
    """Sessions of few slots, more patients than slots, the payment app, and the hospital's own endpoint."""

    place: Place
    till: Till
    sessions: list[Session] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    mornings: list[Begun] = field(default_factory=list)
    rules: Morning = MORNINGS[0]
    hospital_down: bool = False
    made: list[tuple[int, str]] = field(default_factory=list)
    """Patient and id of every appointment that was answered."""
    orders: dict[str, Order] = field(default_factory=dict)
    """Orders that a phone was answered."""
    told: list[dict[str, str]] = field(default_factory=list)
    """Notifications on their way."""
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    """What somebody else may do during a process's call; a machine's parts add theirs."""
    _read: set[str] = field(default_factory=set)
    """Tables whose stream is being read: nobody else reads it at the same time."""

    def __repr__(self) -> str:
        return "hall"

    def open_up(self) -> None:
        """Every morning, once: the hospital and the patients are the same ones."""
        endpoint = self.place.world.on("/hospital/events", lambda _: Sent(503 if self.hospital_down else 204))
        people = [f"psn_01JAPERS0N0000000000000{number:03d}" for number in range(1, PATIENTS)]
        wiring.institutions().register(
            Registration(id=HOSPITAL, kind=Kind.HOSPITAL, name="医院", endpoint=endpoint, keys={})
        )
        self.patients = [a_patient(self.till.app, self.place.clock, each) for each in people]
        self.patients.append(with_another_account(self.patients[0], self.till.app))
        self.patients.append(a_patient(self.till.app, self.place.clock, "psn_01JAPERS0N0000000000000099"))
        self.place.cloud.settle()
        nothing = self.place.cloud.remember()
        for each in MORNINGS:
            self.place.cloud.return_to(nothing)
            self.mornings.append(self._opened(each))

    def _opened(self, morning: Morning) -> Begun:
        self.place.clock.now = morning.at
        cold_start()
        for about, rules in ((HOSPITAL, morning.hospital), ("", morning.city)):
            item = {"pk": f"POLICY#{about}", "sk": "ACTIVE", "version": 1, **rules}
            core_table().put_all([item])
        sessions = [
            published(a_session(self.place.clock, places=PLACES, doctor=doctor, at=at))
            for doctor, at in zip("ABC", morning.sessions, strict=True)
        ]
        self.place.cloud.settle()
        return Begun(morning.at, sessions, self.place.cloud.remember())

    def begin(self, morning: int = 0) -> None:
        """That morning again, with nothing made yet."""
        begun, self.rules = self.mornings[morning], MORNINGS[morning]
        self.place.clock.now, self.sessions = begun.at, begun.sessions
        self.place.cloud.return_to(begun.tables)
        self.place.world.received.clear()
        self.till.trades.clear()
        self.till.refunds.clear()
        self.till.down = self.till.silent = self.hospital_down = False
        self.made.clear()
        self.orders.clear()
        self.told.clear()
        self._read.clear()
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
        if trouble.meanwhile is None:
            return Strike(trouble.at, trouble.moment, self.place.cloud.calls.die)
        return Strike(trouble.at, trouble.moment, self.meanwhile[trouble.meanwhile % len(self.meanwhile)])

    @contextmanager
    def meanwhile_comes(self, deed: Callable[[], object], at: int) -> Iterator[Trouble]:
        """Trouble by a deed of the moment: just before a process's call, somebody else does this."""
        self.meanwhile.append(deed)
        yield Trouble(at, Moment.BEFORE, len(self.meanwhile) - 1)
        self.meanwhile.pop()

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
        for table in [each for each in STREAMS if each not in self._read]:
            self._read.add(table)
            self._read_one(table, trouble)
            self._read.discard(table)

    def _read_one(self, table: str, trouble: Trouble | None) -> None:
        cloud = self.place.cloud
        before = cloud.read_until.get(table, "0")
        event = cloud.stream(table)
        if event and self.do(lambda: cloud.invoke(STREAMS[table], event) or "read", trouble) != "read":
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

    def messages_are_as_new(self) -> None:
        """Whatever came in vain so far counts for nothing: in life it would have rested in between, for hours."""
        for queue in QUEUES:
            for each in self.place.cloud.waiting(queue):
                each.received = 0

    def everybody_works(self) -> None:
        """Streams are read, and what waits in the queues is worked on, all of it once."""
        self.stream(None)
        for queue in QUEUES:
            for _ in range(len(self.place.cloud.waiting(queue))):
                self.work(0, None, twice=False)


@contextmanager
def hall() -> Iterator[Hall]:
    """A hall that has just opened."""
    clock = HeldClock(MORNINGS[0].at)
    logging.disable()  # thousands of histories' logs, which nobody reads
    try:
        with (
            place(clock) as here,
            redirect_stdout(StringIO()),
            patch.object(
                secrets, "randbelow", lambda most: most // 2
            ),  # so that a history can be lived again
        ):
            made = Hall(here, Till(here.payment_app))
            made.open_up()
            yield made
    finally:
        logging.disable(logging.NOTSET)
