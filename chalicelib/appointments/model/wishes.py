"""What somebody wants of a session, and what to try next when it was not as they supposed. Pure."""

from dataclasses import dataclass

from chalicelib.appointments.errors import ClinicStopped, SlotUnknown
from chalicelib.appointments.model.claims import any_hold, other_place, own_hold, standing
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.places import Hold, Place


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: this slot, or with `any_time` any of its session."""

    place: Place
    person: int
    any_time: bool

    def own(self, clinic: Clinic, now_ms: int) -> Hold | None:
        """The hold that this wish has got already."""
        find = any_hold if self.any_time else own_hold
        return find(clinic.seen, self.place, self.person, now_ms)

    def next_place(self, clinic: Clinic, now_ms: int) -> Place:
        """Which slot to try, given the session as it stands. Whether it can be had is the claim's to say."""
        if not self.any_time or not standing(clinic.seen.slots.get(self.place.key, 0), now_ms):
            return self.place
        other = other_place(clinic.seen, self.place, clinic.places, self.person, now_ms)
        return other or self.place


def offering(clinic: Clinic | None, place: Place) -> Clinic:
    """The session, if it offers this slot. Raises SlotUnknown, ClinicStopped."""
    if clinic is None or not clinic.offers(place):
        raise SlotUnknown
    if clinic.stopped:
        raise ClinicStopped
    return clinic
