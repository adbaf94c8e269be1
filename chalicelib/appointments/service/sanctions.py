"""What missing appointments leads to: strikes, and sanctions from the record to their end.

A sanction belongs to a person, whichever account made the appointments. Every step may be repeated; the sweep takes
the ones that time brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.appointments.errors import AppointmentUnknown, SanctionNotOpen, SanctionUnknown
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.sanctions import Decision, Sanction, SanctionEvent, Strikes
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.sanctions import KEEP_ENDED, SanctionStore
from chalicelib.cards.service.cards import Cards
from chalicelib.errors import AppError
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.platform.dynamo import Write, transact
from chalicelib.platform.keys import Sealer
from chalicelib.platform.outbox import Message, message
from chalicelib.policies.model import Policy
from chalicelib.policies.service import Policies
from chalicelib.types import CHINA, follow_id


@dataclass(frozen=True, slots=True)
class Sanctions:
    """Strikes and sanctions."""

    store: SanctionStore
    appointments: AppointmentStore
    cards: Cards
    policies: Policies
    sealer: Sealer
    clock: Clock

    # -- how one comes about
    def count(self, told: Mapping[str, Any]) -> None:
        """Count a missed appointment (message `noshow.count`): one strike per appointment, however often it is told.

        Enough open ones within the hospital's window become a sanction in the same transaction. Raises
        AppointmentUnknown, CardNotFound, Unavailable (it comes again).
        """
        appointment = self.appointments.find(told["citizen"], told["about"])
        if appointment is None:
            raise AppointmentUnknown
        if appointment.status != "noshow":
            return
        person_id = self.cards.known(appointment.card_id).person_id
        strikes = self.store.strikes(person_id).counted(appointment.id, appointment.starts_at)
        if strikes:
            transact(self._strike(person_id, strikes, appointment))
            log.event("noshow.counted", appointment=appointment.id)

    def _strike(self, person_id: str, strikes: Strikes, appointment: Appointment) -> list[Write]:
        policy = self.policies.of(appointment.hospital_id)
        newest = max(each.at for each in strikes.missed.values())
        missed = strikes.open_in(policy.noshow_window_days, datetime.fromtimestamp(newest, CHINA))
        if appointment.id not in missed or len(missed) < policy.most_noshows:
            return [self.store.keep_strikes(person_id, strikes)]
        sanction = self._recorded(person_id, appointment, missed, policy)
        log.event("sanction.recorded", sanction=sanction.id, hospital=sanction.hospital_id)
        spent = strikes.spent(missed, sanction.id)
        return [self.store.keep_strikes(person_id, spent), *self.store.record(sanction)]

    def _recorded(
        self, person_id: str, appointment: Appointment, missed: dict[str, int], policy: Policy
    ) -> Sanction:
        return Sanction(
            id=follow_id("snc", appointment.starts_at, f"{person_id}:{appointment.id}"),
            person_id=person_id,
            hospital_id=appointment.hospital_id,
            missed=missed,
            recorded_at=self.clock(),
            appeal_days=policy.appeal_days,
            sanction_days=policy.sanction_days,
        )

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

    def _move(self, sanction: Sanction, event: SanctionEvent, **changes: object) -> None:
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
            case "lift" | "expire" | "appeal":
                told = [_notice(sanction, "sanction-lifted", now)] if event == "lift" else []
                ended = int((now + KEEP_ENDED).timestamp())
                writes = [self.store.move(sanction, event, told, None, expires_at=ended, **changes)]
        transact([each for each in writes if each])
        log.event("sanction.moved", sanction=sanction.id, change=event)

    def _found(self, person_id: str | None, sanction_id: str) -> Sanction:
        found = self.store.find(person_id, sanction_id) if person_id else None
        if found is None:
            raise SanctionUnknown
        return found


def _notice(sanction: Sanction, kind: str, until: datetime) -> Message:
    day = until.astimezone(CHINA).date().isoformat()
    person, version = sanction.person_id, sanction.version + 1
    return message("notices", "notice.send-person", sanction.id, version, person=person, kind=kind, until=day)
