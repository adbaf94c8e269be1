"""The citizen changes their mind about appointments. It must not know any other step but those of the booking."""

from sandbox.journey.appointment import AppointmentSteps
from sandbox.journey.hands import Told, clock, expect, yuan
from sandbox.visitor import StepFailed

_NOBODY_ANSWERS = {"gateway": {"kind": "down"}}
"""The payment app's gateway is down: a trade can be neither asked for nor closed."""


class ChangeSteps(AppointmentSteps):
    """Another time, no visit at all, and money that comes too late."""

    def reschedule(self) -> str:
        """Exchange the booked slot for another one of the same fee; what was paid counts for it."""
        before = self.appointment
        self.appointment = self._moved(before)
        expect(self.appointment["movedFrom"] == before["id"], f"{self.appointment['id']} came from nowhere")
        old = self.visitor.get(f"/v1/appointments/{before['id']}")
        expect(
            old["movedTo"] == self.appointment["id"], f"{before['id']} is {old['status']} and leads nowhere"
        )
        seen = self.until(self._appointment, lambda a: a["confirmation"] == "accepted")
        expect(seen["payment"]["status"] == "paid", f"the fee is {seen['payment']['status']} after the move")
        self.heard("appointment-rescheduled", seen["id"])
        return f"{clock(before['startsAt'])} → {clock(seen['startsAt'])}, queue number {seen['queueNumber']}"

    def cancel_with_refund(self) -> str:
        """Book a second appointment and cancel it in time; the money comes back."""
        kept = self.appointment
        self.hold_another()
        self.pay()
        self._cancelled()
        seen, self.appointment = self.refunded(), kept
        return f"{seen['hospitalName']}, {yuan(seen['payment']['refundedFen'])} came back"

    def late_payment_refund(self) -> str:
        """Give a hold up while its trade cannot be closed, and pay that trade; the money comes back by itself."""
        kept = self.appointment
        self.hold_another()
        order = self._order()
        standing = self.visitor.get("/sandbox/faults")
        self.visitor.put("/sandbox/faults", standing | _NOBODY_ANSWERS)
        try:
            self._cancelled()
        finally:
            self.visitor.put("/sandbox/faults", standing)
        self.visitor.post(f"/sandbox/payment-app/trades/{order['tradeNo']}/pay")
        seen, self.appointment = self.refunded(), kept
        expect(seen["pickupCode"] is None, f"{seen['id']} was booked although its slot was given up")
        return f"{yuan(seen['payment']['refundedFen'])} came back, trade {order['tradeNo'][-8:]}"

    def _moved(self, booked: Told) -> Told:
        """The booked appointment in another slot; somebody else may be quicker, then the next one."""
        offered = self.visitor.get(f"/v1/appointments/{booked['id']}/alternatives", "items")
        for slot in self.chance.sample(offered, len(offered)):
            if slot["feeFen"] == booked["feeFen"]:
                path = f"/v1/appointments/{booked['id']}/reschedule"
                moved: Told = self.visitor.post(path, {"slotId": slot["id"]}, accept=(200, 409))
                if moved.get("code") != "slot-taken":
                    expect("movedFrom" in moved, f"the move was answered {moved}")
                    return moved
        raise StepFailed(f"none of {len(offered)} other slots can be had")

    def _cancelled(self) -> None:
        """Cancel the appointment in hand."""
        ended = self.visitor.post(f"/v1/appointments/{self.appointment['id']}/cancel")
        told = (ended["status"], ended["reason"])
        expect(told == ("cancelled", "cancelled_by_citizen"), f"{ended['id']} is {told}")
        self.heard("appointment-cancelled", ended["id"])
