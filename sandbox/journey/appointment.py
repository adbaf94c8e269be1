"""The citizen books a doctor. It must not know any other step."""

from datetime import datetime, timedelta

from sandbox.journey.hands import BEIJING, Hands, Told, clock, expect, yuan
from sandbox.visitor import StepFailed

ANOTHER_ONE = {"slot-taken", "already-registered", "too-many-appointments"}
"""Why this slot cannot be had, while another may."""
TRIES = 5
"""Departments looked at, before somebody gives up whom every slot is refused."""


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
        held = self._held()
        if held is None:
            raise StepFailed("every slot was taken by somebody else")
        return f"{held['practitionerName']}, {yuan(held['feeFen'])}, until {clock(held['holdExpiresAt'])}"

    def pay(self) -> str:
        """Pay in the payment app; its signed notification books the appointment."""
        order = self._order()
        self.visitor.post(f"/sandbox/payment-app/trades/{order['tradeNo']}/pay")
        self.appointment = self.until(self._appointment, lambda a: a["status"] == "booked")
        return f"{yuan(order['totalFen'])}, trade {order['tradeNo'][-8:]}"

    def confirm(self) -> str:
        """The hospital accepts."""
        seen = self.until(self._appointment, lambda a: a["confirmation"] == "accepted")
        return f"{seen['hospitalName']}, queue number {seen['queueNumber']}"

    def hold_another(self) -> None:
        """Hold a slot wherever there is one, besides what is booked already."""
        for _ in range(TRIES):
            self.find_slot()
            if self._held():
                return
        raise StepFailed(f"no slot of {TRIES} departments could be had")

    def refunded(self) -> Told:
        """The appointment in hand once the citizen sees that all of its money came back, and was told so."""
        seen = self.until(self._appointment, lambda a: a["payment"]["status"] == "refunded")
        paid = seen["payment"]
        expect(
            paid["refundedFen"] == paid["totalFen"], f"{paid['refundedFen']} of {paid['totalFen']} came back"
        )
        self.heard("payment-refunded", paid["orderId"])
        return seen

    def _held(self) -> Told | None:
        """A hold of one of the slots in hand; None if none can be had."""
        for slot in self.slots:
            asked = {"slotId": slot["id"], "cardId": self.card["id"]}
            held: Told = self.visitor.post("/v1/appointments", asked, accept=(201, 409))
            if held.get("code") not in ANOTHER_ONE:
                expect("holdExpiresAt" in held, f"the hold was answered {held}")
                self.appointment = held
                return held | {"practitionerName": slot["practitionerName"]}
        return None

    def _order(self) -> Told:
        asked = f"/v1/appointments/{self.appointment['id']}/payment"
        order: Told = self.visitor.post(asked)["order"]
        return order

    def _free(self, hospital: str, department: str) -> list[Told]:
        """Free slots of the first of the coming days that has any, in an order of chance."""
        today = datetime.now(BEIJING).date()
        for ahead in self.chance.sample(range(1, 8), 7):
            day = today + timedelta(days=ahead)
            path = f"/v1/slots?hospitalId={hospital}&departmentId={department}&date={day}"
            slots: list[Told] = self.visitor.get(path, "items")
            if slots:
                return self.chance.sample(slots, len(slots))
        return []

    def _appointment(self) -> Told:
        seen: Told = self.visitor.get(f"/v1/appointments/{self.appointment['id']}")
        return seen
