"""Reading one's log: Estonia's Data Tracker for the person themselves and, by a mandate, for a family member.

The reading is a read too: it is entered before anything is answered. One entry per reader and ten minutes (a look):
paging through the log, or asking again because the answer was lost, is the same look; and the log does not fill up
with its own readings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import AppError
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.model.mandates import Action
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import commit
from chalicelib.usage.errors import UsageQueryInvalid
from chalicelib.usage.model import KEEP_USAGE, Entry, Kind, Receiver, look_id
from chalicelib.usage.store import UsageLog

MOST_OFFSET = 10_000
"""How far one may page; whoever wants more narrows the period."""

_LOOK = timedelta(minutes=10)
_SELF = "self"
_SYSTEM = "zerotrip"
_PURPOSE = "right-to-know"


@dataclass(frozen=True, slots=True)
class Tracking:
    """The log as its person reads it. `mandates` is made on first use: most people ask for their own."""

    store: UsageLog
    mandates: Callable[[], Mandates]
    clock: Clock

    def find(
        self,
        citizen: Citizen,
        mandate_id: str | None,
        period: tuple[datetime | None, datetime | None],
        offset: int,
        limit: int,
    ) -> tuple[list[Entry], int]:
        """Entries of a period, newest first, and how many it has; one's own or, by a mandate, a family member's.

        Without a beginning as far back as entries are kept, without an end up to now. This look is entered first.
        Raises UsageQueryInvalid for an offset beyond `MOST_OFFSET`, MandateNotFound, MandateEnded,
        ActionNotMandated.
        """
        if offset > MOST_OFFSET:
            raise UsageQueryInvalid(("/offset", f"is at most {MOST_OFFSET}; narrow the period"))
        person_id, receiver = self._whose(citizen, mandate_id)
        if person_id is None:
            return [], 0
        now = self.clock()
        look = _look(person_id, citizen, receiver, now)
        commit(self.store.enter(look))
        log.event("usage-log.read", citizen=citizen.id, look=look.id)
        start, end = period
        first = max(start or self.since(), self.since())
        return self.store.slice(person_id, first, end or now, offset, limit)

    def since(self) -> datetime:
        """From when on entries are kept."""
        return self.clock() - KEEP_USAGE

    def answers(self) -> bool:
        """Whether the log can be read at all."""
        try:
            self.store.slice("heartbeat", self.clock(), self.clock(), 0, 1)
        except AppError:
            return False
        return True

    def _whose(self, citizen: Citizen, mandate_id: str | None) -> tuple[str | None, Receiver]:
        """Whose log it is, and who reads it."""
        holder = citizen.account.holder or "*"
        if mandate_id is None:
            return citizen.account.person_id, Receiver(code=_SELF, name=holder, system=_SYSTEM)
        mandate = self.mandates().active(citizen, mandate_id, Action.USAGE_LOG)
        reader = Receiver(code=mandate.id, name=mandate.agent_holder, system=_SYSTEM)
        return mandate.member_person_id, reader


def _look(person_id: str, citizen: Citizen, receiver: Receiver, now: datetime) -> Entry:
    look, _ = look_id("look", now, _LOOK, f"{citizen.id}\0{receiver.code}\0{person_id}")
    return Entry(
        id=look,
        person_id=person_id,
        kind=Kind.LOG,
        at=now,
        what=Kind.LOG,
        purpose=_PURPOSE,
        case_id=look,
        receiver=receiver,
        proof=look,
    )
