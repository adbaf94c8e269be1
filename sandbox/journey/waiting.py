"""Two citizens and one place: who is second waits, prepaid, and has it when the first gives it back.

It must not know any step but those of the booking.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.journey.appointment import ANOTHER_ONE, AppointmentSteps
from sandbox.journey.hands import ADULT_AGE, BEIJING, Hands, Told, age, clock, expect, yuan
from sandbox.visitor import StepFailed, Visitor

SOUGHT_AFTER = "名医"
"""The title of a practitioner who sees one person a day."""
PATIENT_FOR = timedelta(hours=1)


class Waiter(Hands):
    """Another citizen, with a phone and a card of their own."""

    def come(self) -> None:
        """Log in as somebody who has no card yet, and bind it."""
        for person in self.people():
            if age(person) >= ADULT_AGE and self._log_in(person):
                self.person = person
                face = self.scan_face(person, "identity")
                self.card = self.visitor.post("/v1/cards", {"verificationId": face["id"]}, (201, 404, 409))
                if "id" in self.card:
                    return
        raise StepFailed("nobody is left who could wait")

    def _log_in(self, person: Told) -> bool:
        """Whether this account has no card."""
        asked = {"userId": person["userId"]}
        code = self.visitor.post("/sandbox/payment-app/auth-codes", asked)["authCode"]
        session = self.visitor.post("/v1/sessions", {"authCode": code})
        self.visitor.token = session["accessToken"]
        return not session["citizen"]["verified"]

    def wait_for(self, wanted: Told) -> Told:
        """Enter the queue of a day and prepay; the entry once it waits."""
        until = (datetime.now(UTC) + PATIENT_FOR).isoformat()
        asked = wanted | {"latestFulfilmentAt": until, "cardId": self.card["id"]}
        entered = self.visitor.post("/v1/waitlist-entries", asked, (201,))
        expect("percent" in entered["estimatedSuccess"], f"no chance was told with {entered['id']}")
        order = self.visitor.post(f"/v1/waitlist-entries/{entered['id']}/payment")["order"]
        self.visitor.post(f"/sandbox/payment-app/trades/{order['tradeNo']}/pay")
        return self.entry(entered["id"], "active")

    def entry(self, entry_id: str, status: str) -> Told:
        """The entry once it has that status."""

        def look() -> Told:
            seen: Told = self.visitor.get(f"/v1/waitlist-entries/{entry_id}")
            return seen

        return self.until(look, lambda seen: seen["status"] == status)


class WaitingSteps(AppointmentSteps):
    """A place that two want."""

    def waitlist_fulfilled(self) -> str:
        """Book a sold-out doctor's only place; somebody else waits for it, and has it when it is cancelled."""
        kept = self.appointment
        wanted = self.the_only_place()
        self.pay()
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        waiter = Waiter(Visitor(self.visitor.api, self.visitor.sandbox), self.chance)
        waiter.come()
        chance = waiter.visitor.get(f"/v1/waitlist-estimates?{query}")
        expect(chance["freeSlots"] == 0, f"{chance['freeSlots']} places are free though it is sold out")
        entry = waiter.wait_for(wanted)
        self.visitor.post(f"/v1/appointments/{self.appointment['id']}/cancel")
        self.refunded()
        self.appointment = kept
        got = self._had(waiter, waiter.entry(entry["id"], "fulfilled"))
        return f"{got['hospitalName']}, {clock(got['startsAt'])}, chance {chance['percent']} %, {yuan(got['feeFen'])}"

    def _had(self, waiter: Waiter, entry: Told) -> Told:
        """The appointment of whoever waited, once its hospital knows; given back, so that it can be had again."""
        path = f"/v1/appointments/{entry['appointmentId']}"

        def look() -> Told:
            seen: Told = waiter.visitor.get(path)
            return seen

        got = waiter.until(look, lambda seen: seen["confirmation"] == "accepted")
        expect(got["orderId"] == entry["orderId"], f"{got['id']} was paid by {got['orderId']}")
        waiter.heard("waitlist-fulfilled", got["id"])
        waiter.visitor.post(f"{path}/cancel")
        return got

    def the_only_place(self) -> Told:
        """Hold the one place that somebody sought-after has on some day; what one must wait for then."""
        hospitals = self.visitor.get("/v1/hospitals?limit=100", "items")
        for hospital in self.chance.sample(hospitals, len(hospitals)):
            for doctor in self.visitor.get(f"/v1/hospitals/{hospital['id']}/practitioners", "items"):
                if doctor["title"] == SOUGHT_AFTER:
                    for day in self._days():
                        where = _where(hospital, doctor, day)
                        if self._held_alone(where):
                            return where
        raise StepFailed("nobody sought-after has a place left")

    def _days(self) -> list[str]:
        today = datetime.now(BEIJING).date()
        return [str(today + timedelta(days=ahead)) for ahead in self.chance.sample(range(1, 8), 7)]

    def _held_alone(self, where: dict[str, Any]) -> bool:
        """Whether the day's only place of this practitioner could be held."""
        path = f"/v1/slots?hospitalId={where['hospitalId']}&departmentId={where['departmentId']}&date={where['date']}"
        listed = self.visitor.get(path, "items")
        own = [each for each in listed if each["practitionerId"] == where["practitionerId"]]
        if len(own) != 1:
            return False
        asked = {"slotId": own[0]["id"], "cardId": self.card["id"]}
        held: Told = self.visitor.post("/v1/appointments", asked, accept=(201, 409))
        if held.get("code") in ANOTHER_ONE:
            return False
        expect("holdExpiresAt" in held, f"the hold was answered {held}")
        self.appointment = held
        return True


def _where(hospital: Told, doctor: Told, day: str) -> dict[str, Any]:
    return {
        "hospitalId": hospital["id"],
        "departmentId": doctor["departmentId"],
        "date": day,
        "practitionerId": doctor["id"],
    }
