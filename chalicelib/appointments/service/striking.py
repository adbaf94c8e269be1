"""Strikes: what a missed appointment counts for its person, and what is taken back when it was none.

The hospital's latest word counts: who was seen has missed nothing, whatever was supposed before. Every step may be
repeated, and messages may come in any order: the appointment as it stands decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.appointments.errors import AppointmentUnknown
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.sanctions import Sanction, Strikes
from chalicelib.appointments.service.sanctions import Sanctions
from chalicelib.appointments.store.appointments import AppointmentStore
from chalicelib.appointments.store.sanctions import SanctionStore
from chalicelib.cards.service.cards import Cards
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write, transact
from chalicelib.policies.model import Policy
from chalicelib.policies.service import Policies
from chalicelib.types import CHINA, follow_id


@dataclass(frozen=True, slots=True)
class Striking:
    """Counts missed appointments, and no longer counts what turned out to be none."""

    store: SanctionStore
    appointments: AppointmentStore
    sanctions: Sanctions
    cards: Cards
    policies: Policies
    clock: Clock

    def count(self, told: Mapping[str, Any]) -> None:
        """Let an appointment count as it stands (message `noshow.count`): missed, one strike; else none.

        However often it is told. Enough open strikes within the hospital's window become a sanction in the same
        transaction; a sanction that has lost what it rested on is lifted in the same one. Raises AppointmentUnknown,
        CardNotFound, Unavailable (it comes again).
        """
        appointment = self.appointments.find(told["citizen"], told["about"])
        if appointment is None:
            raise AppointmentUnknown
        person_id = self.cards.known(appointment.card_id).person_id
        strikes = self.store.strikes(person_id)
        change = self._strike if appointment.status == "noshow" else self._take_back
        writes = change(person_id, strikes, appointment)
        if writes:
            transact([*writes, self.appointments.unchanged(appointment)])

    # -- missed
    def _strike(self, person_id: str, standing: Strikes, appointment: Appointment) -> list[Write]:
        strikes = standing.counted(appointment.id, appointment.starts_at)
        if strikes is None:
            return []
        log.event("noshow.counted", appointment=appointment.id)
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

    # -- not missed after all
    def _take_back(self, person_id: str, standing: Strikes, appointment: Appointment) -> list[Write]:
        strike = standing.missed.get(appointment.id)
        if strike is None:
            return []
        log.event("noshow.taken-back", appointment=appointment.id)
        sanction = self.store.find(person_id, strike.sanction) if strike.sanction else None
        if sanction is None:
            return [self.store.keep_strikes(person_id, standing.without(appointment.id))]
        return [
            self.store.keep_strikes(person_id, standing.without(appointment.id, sanction.id)),
            *self.sanctions.retracting(sanction),
        ]
