"""The citizen books a doctor. It must not know any other step."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.journey.hands import BEIJING, Hands, clock, expect
from sandbox.visitor import StepFailed


class AppointmentSteps(Hands):
    """From looking for a slot to the hospital's word."""

    def find_slot(self) -> str:
        """Look for a hospital with a free slot."""
        hospitals = self.visitor.get("/v1/hospitals?limit=100", "items")
        for hospital in self.chance.sample(hospitals, len(hospitals)):
            for department in self.visitor.get(f"/v1/hospitals/{hospital['id']}/departments", "items"):
                self.slots = self._free(hospital["id"], department["id"])
                if self.slots:
                    first = self.slots[0]
                    return f"{hospital['name']}, {department['name']}, {clock(first['startsAt'])}"
        raise StepFailed("no hospital has a free slot")

    def hold(self) -> str:
        """Hold a slot; somebody else may be quicker, then the next one."""
        for slot in self.slots:
            asked = {"slotId": slot["id"], "cardId": self.card["id"]}
            held = self.visitor.post("/v1/appointments", asked, accept=(201, 409))
            if held.get("code") != "slot-taken":
                expect("holdExpiresAt" in held, f"the hold was answered {held}")
                self.appointment = held
                return f"{slot['practitionerName']}, ¥{held['feeFen'] / 100:.2f}, until {clock(held['holdExpiresAt'])}"
        raise StepFailed("every slot was taken by somebody else")

    def pay(self) -> str:
        """Pay in the payment app; its signed notification books the appointment."""
        order = self.visitor.post(f"/v1/appointments/{self.appointment['id']}/payment")["order"]
        self.visitor.post(f"/sandbox/payment-app/trades/{order['tradeNo']}/pay")
        self.appointment = self.until(self._appointment, lambda a: a["status"] == "booked")
        return f"¥{order['totalFen'] / 100:.2f}, trade {order['tradeNo'][-8:]}"

    def confirm(self) -> str:
        """The hospital accepts."""
        seen = self.until(self._appointment, lambda a: a["confirmation"] == "accepted")
        return f"{seen['hospitalName']}, queue number {seen['queueNumber']}"

    def _free(self, hospital: str, department: str) -> list[dict[str, Any]]:
        """Free slots of the first of the coming days that has any, in an order of chance."""
        today = datetime.now(BEIJING).date()
        for ahead in self.chance.sample(range(1, 8), 7):
            day = today + timedelta(days=ahead)
            path = f"/v1/slots?hospitalId={hospital}&departmentId={department}&date={day}"
            slots: list[dict[str, Any]] = self.visitor.get(path, "items")
            if slots:
                return self.chance.sample(slots, len(slots))
        return []

    def _appointment(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.visitor.get(f"/v1/appointments/{self.appointment['id']}")
        return seen
