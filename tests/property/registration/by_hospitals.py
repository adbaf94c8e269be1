"""What the hospital tells: its answer to a booking, how a visit went, that a session is stopped or takes place."""

from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chalicelib import wiring
from chalicelib.institutions.model import (
    APPOINTMENTS,
    CLINICS,
    AppointmentCallback,
    ClinicCallback,
    Institution,
    Kind,
    Told,
    Topic,
)
from tests.parties import HOSPITAL
from tests.property.registration.hall import SESSIONS, Trouble
from tests.property.registration.rules import Rules, troubles, which

_OUTCOMES = ("accepted", "accepted", "rejected", "called", "fulfilled", "no-show")


class Hospital(Rules):
    """Rules of the hospital. It repeats a callback until it is taken; what is told is worked off from the queue."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = count(1)
        self.hall.meanwhile.append(lambda: self.announce(0, stopped=True, trouble=None))

    @precondition(lambda self: self.hall.made)
    @rule(which=which, outcome=st.sampled_from(_OUTCOMES), trouble=troubles)
    def tell_of_a_visit(self, which: int, outcome: str, trouble: Trouble | None) -> None:
        """Answer a booking, or say how the visit went: in any order, whatever the appointment's state."""
        _, appointment = self.hall.made[which % len(self.hall.made)]
        number = 7 if outcome == "accepted" else None
        told = AppointmentCallback.model_validate(
            {"appointmentId": appointment, "outcome": outcome, "queueNumber": number}
        )
        self._call_back(APPOINTMENTS, told, trouble)

    @rule(session=st.integers(0, SESSIONS - 1), stopped=st.booleans(), trouble=troubles)
    def announce(self, session: int, *, stopped: bool, trouble: Trouble | None) -> None:
        """A session is stopped, or takes place after all."""
        chosen = self.hall.sessions[session]
        told = ClinicCallback.model_validate(
            {
                "practitionerId": chosen.practitioner_id,
                "startsAt": chosen.starts_at.isoformat(),
                "action": "stopped" if stopped else "resumed",
            }
        )
        self._call_back(CLINICS, told, trouble)

    @rule(down=st.booleans())
    def the_hospital_answers_or_not(self, *, down: bool) -> None:
        self.hall.hospital_down = down

    def _call_back(self, topic: Topic, told: Told, trouble: Trouble | None) -> None:
        key = f"callback-{next(self._keys)}"
        for attempt, disturbed in enumerate((trouble, None)):
            caller = self._caller(f"nonce-{key}-{attempt}")
            answer = self.hall.do(lambda: wiring.inbox().receive(caller, topic, key, told), disturbed)  # noqa: B023
            if answer is not None:
                return

    def _caller(self, nonce: str) -> Institution:
        expires = int(self.hall.place.clock().timestamp()) + 300
        key = f"{HOSPITAL}#k1"
        return Institution(
            id=HOSPITAL, kind=Kind.HOSPITAL, name="医院", key_id=key, nonce=nonce, expires=expires
        )
