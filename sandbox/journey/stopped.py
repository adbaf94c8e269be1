"""The hospital stops the clinic session that was booked (停诊). It must not know any step but those of the booking."""

from sandbox.journey.appointment import AppointmentSteps
from sandbox.journey.hands import Told, clock, expect, yuan


class StoppedSteps(AppointmentSteps):
    """No doctor, but the money back, and somewhere else to go."""

    def clinic_stopped_refund(self) -> str:
        """The hospital's signed word stops a booked session: cancelled, repaid, other slots offered."""
        kept = self.appointment
        self.hold_another()
        self.pay()
        desk = f"/sandbox/institutions/{self.appointment['hospitalId']}"
        known = self.visitor.get(f"{desk}/appointments/{self.appointment['id']}")
        clinic = known["clinic"]
        self.visitor.post(f"{desk}/clinics", clinic | {"action": "stopped"}, accept=(202,))
        try:
            seen, others = self._seen_stopped(clinic)
        finally:
            self.visitor.post(f"{desk}/clinics", clinic | {"action": "resumed"}, accept=(202,))
        self.appointment = kept
        back = yuan(seen["payment"]["refundedFen"])
        return f"{seen['hospitalName']}, {clock(seen['startsAt'])}: {back} came back, {others} other slots"

    def _seen_stopped(self, clinic: Told) -> tuple[Told, int]:
        """The stopped appointment as its citizen sees it in the end, and how many other slots are offered."""
        ended = self.until(self._appointment, lambda a: a["status"] == "cancelled")
        expect(ended["reason"] == "clinic_stopped", f"{ended['id']} was cancelled for {ended['reason']}")
        self.heard("clinic-stopped", ended["id"])
        path = f"/v1/appointments/{ended['id']}/alternatives"
        offered = self.until(
            lambda: self.visitor.get(path),
            lambda seen: not any(_within(clinic, each) for each in seen["items"]),
        )["items"]
        expect(bool(offered), f"nothing else is offered for {ended['id']}")
        return self.refunded(), len(offered)


def _within(clinic: Told, slot: Told) -> bool:
    """Whether a slot belongs to the session; a practitioner of the demo data sits once a day."""
    same_day = slot["startsAt"][:10] == clinic["startsAt"][:10]
    return bool(same_day and slot["practitionerId"] == clinic["practitionerId"])
