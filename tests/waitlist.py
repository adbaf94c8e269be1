"""A full clinic day and those who wait for it, as tests of the waitlist play them."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib import wiring
from chalicelib.appointments.model.appointment import Appointment
from chalicelib.appointments.model.directory import Session
from chalicelib.payments.model import Order
from chalicelib.waitlist.model.entry import Day, Entry
from chalicelib.waitlist.service.waiting import Wish
from tests.api import Api
from tests.appointments import DEPARTMENT, Patient, Till, day_of, notify
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.parties import HOSPITAL


def the_day(session: Session) -> Day:
    """The day that a session's department is waited for on."""
    return Day(hospital_id=HOSPITAL, department_id=DEPARTMENT, date=day_of(session))


@dataclass(frozen=True, slots=True)
class Lobby:
    """The till, the API, the cloud and the clock, and what people do with them."""

    till: Till
    api: Api
    cloud: Cloud
    clock: HeldClock

    def books(self, who: Patient, session: Session, index: int = 0) -> str:
        """Hold a slot and pay it; the appointment's id."""
        held = who.hold(session, index)
        notify(self.api, self.till.pay(who.pay(held.id)))
        self.cloud.settle()
        return held.id

    def enters(
        self, who: Patient, session: Session, hours: int = 1, practitioner_id: str | None = None
    ) -> Entry:
        """Enter the queue of the session's day, for so many hours."""
        wish = Wish(the_day(session), self.clock() + timedelta(hours=hours), practitioner_id)
        return wiring.waiting().enter(who.citizen, wish, who.card.id)[0]

    def prepays(self, who: Patient, entry: Entry) -> Order:
        """Pay an entry, and wait until everything that follows is done."""
        order = wiring.prepaying().pay(who.citizen, entry.id)
        notify(self.api, self.till.pay(order))
        self.cloud.settle()
        return order

    def waits(self, who: Patient, session: Session, hours: int = 1) -> Entry:
        """Enter and prepay."""
        entry = self.enters(who, session, hours)
        self.prepays(who, entry)
        return seen(who, entry)

    def cancels(self, who: Patient, appointment_id: str) -> None:
        """Cancel, and wait until everything that follows is done."""
        who.cancel(appointment_id)
        self.cloud.settle()


def seen(who: Patient, entry: Entry) -> Entry:
    """An entry as it stands."""
    return wiring.waiting().get(who.citizen, entry.id)


def got(who: Patient, entry: Entry) -> Appointment:
    """What an entry was fulfilled with."""
    appointment_id = seen(who, entry).appointment_id
    assert appointment_id, f"{seen(who, entry).status}: nothing came of it"
    return who.sees(appointment_id)


def matched(session: Session, about: str = "") -> None:
    """The work of `waitlist.match`, once."""
    day = the_day(session)
    where = {"hospital": day.hospital_id, "department": day.department_id, "day": day.date.isoformat()}
    wiring.matching().match({"about": about, **where})
