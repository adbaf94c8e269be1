"""What missing appointments leads to: sanctions from the record to their end. How one comes about is `striking`'s.

A sanction belongs to a person, whichever account made the appointments. Every step may be repeated; the sweep takes
the ones that time brings.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.appointments.errors import SanctionNotOpen, SanctionUnknown
from chalicelib.appointments.model.sanctions import TRANSITIONS, Decision, Sanction, SanctionEvent
from chalicelib.appointments.store.sanctions import KEEP_ENDED, SanctionStore
from chalicelib.errors import AppError
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.platform.dynamo import Write, transact
from chalicelib.platform.keys import Sealer
from chalicelib.platform.outbox import Message, message
from chalicelib.types import CHINA

_ENDS: dict[SanctionEvent, str] = {"lift": "sanction-lifted", "retract": "sanction-retracted"}
"""What the person is told of a sanction's end, other than that its time is over."""


@dataclass(frozen=True, slots=True)
class Sanctions:
    """Sanctions from the record on."""

    store: SanctionStore
    sealer: Sealer
    clock: Clock

    # -- the person's side
    def list_own(self, citizen: Citizen) -> list[Sanction]:
        """The sanctions of the caller's own person, the newest first; those of others never."""
        person_id = citizen.account.person_id
        return self.store.list_of(person_id) if person_id else []

    def appeal(self, citizen: Citizen, sanction_id: str, reason: str) -> Sanction:
        """Appeal against one's sanction while it is pending; it acts no sooner than somebody decided.

        The words are sealed and go with the decision. Appealing twice is appealing once: the first words stand.
        Raises SanctionUnknown, SanctionNotOpen, Unavailable.
        """
        sanction = self._own(citizen, sanction_id)
        if sanction.status == "appealed":
            return sanction
        if sanction.status != "pending" or sanction.next_event(self.clock()):
            raise SanctionNotOpen
        sealed = self.sealer.seal({"reason": reason}, {"sanction": sanction.id})
        now = self.clock()
        transact([self.store.move(sanction, "appeal", [], now, appeal_sealed=sealed, appealed_at=now)])
        log.event("sanction.appealed", sanction=sanction.id)
        return self._own(citizen, sanction_id)

    def _own(self, citizen: Citizen, sanction_id: str) -> Sanction:
        person_id = citizen.account.person_id
        return self._found(person_id, sanction_id)

    # -- whoever decides
    def get(self, sanction_id: str) -> Sanction:
        """Anybody's sanction. Raises SanctionUnknown."""
        return self._found(self.store.owner(sanction_id), sanction_id)

    def decide(self, sanction: Sanction, decision: Decision) -> None:
        """Let an appeal end: granted, the sanction is lifted; denied, it acts from now.

        Raises SanctionNotOpen, Unavailable.
        """
        event: SanctionEvent = "lift" if decision.outcome == "granted" else "uphold"
        self._move(sanction, event, decided=decision.model_dump(mode="json"))
        self._advance(self.get(sanction.id))

    # -- what time brings
    def sweep(self) -> None:
        """Bring every sanction that is due one step further; one that fails leaves the others alone."""
        for sanction in while_time_lasts(self.store.due(self.clock()), self.clock):
            try:
                self._advance(sanction)
            except AppError as error:
                log.event("sweep.postponed", about=sanction.id, code=error.code)

    def _advance(self, sanction: Sanction) -> None:
        event = sanction.next_event(self.clock())
        if event:
            self._move(sanction, event)

    def retracting(self, sanction: Sanction) -> list[Write]:
        """A sanction that has lost what it rested on, as writes: lifted, and its bar with it; none where it ended."""
        open_in, _ = TRANSITIONS["retract"]
        return self._moving(sanction, "retract") if sanction.status in open_in else []

    def _move(self, sanction: Sanction, event: SanctionEvent, **changes: object) -> None:
        transact(self._moving(sanction, event, **changes))
        log.event("sanction.moved", sanction=sanction.id, change=event)

    def _moving(self, sanction: Sanction, event: SanctionEvent, **changes: object) -> list[Write]:
        now = self.clock()
        writes: list[Write | None] = []
        match event:
            case "announce":
                until = now + timedelta(days=sanction.appeal_days)
                told = [_notice(sanction, "sanction-recorded", until)]
                writes = [self.store.move(sanction, event, told, until, appeal_until=until)]
            case "activate":
                until = now + timedelta(days=sanction.sanction_days)
                told = [_notice(sanction, "sanction-active", until)]
                barred = self.store.bar(sanction.person_id, until)
                writes = [self.store.move(sanction, event, told, until, barred_until=until), barred]
            case "uphold":
                writes = [self.store.move(sanction, event, [], now, **changes)]
            case "lift" | "expire" | "appeal" | "retract":
                kind = _ENDS.get(event)
                told = [_notice(sanction, kind, now)] if kind else []
                ended = int((now + KEEP_ENDED).timestamp())
                unbarred = self.store.unbar(sanction) if event == "retract" else None
                writes = [self.store.move(sanction, event, told, None, expires_at=ended, **changes), unbarred]
        return [each for each in writes if each]

    def _found(self, person_id: str | None, sanction_id: str) -> Sanction:
        found = self.store.find(person_id, sanction_id) if person_id else None
        if found is None:
            raise SanctionUnknown
        return found


def _notice(sanction: Sanction, kind: str, until: datetime) -> Message:
    day = until.astimezone(CHINA).date().isoformat()
    person, version = sanction.person_id, sanction.version + 1
    return message("notices", "notice.send-person", sanction.id, version, person=person, kind=kind, until=day)
