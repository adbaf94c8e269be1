"""Counters whose code a citizen scans, and the arrivals that come of it: the reverse of showing a code.

Pure data and rules. A counter's code says who asks and for what; it is printed once and hangs for years.
"""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime

from chalicelib.cards.model.decoding import BusinessType
from chalicelib.types import Model

KEEP_ARRIVAL = timedelta(days=1)
"""How long after its end a presence is still known to have been: to be told from one that never was."""


class CounterStatus(StrEnum):
    """Whether a counter's code is up."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[str, tuple[tuple[CounterStatus, ...], CounterStatus]] = {
    "put-up": ((), CounterStatus.ACTIVE),
    "withdraw": ((CounterStatus.ACTIVE,), CounterStatus.WITHDRAWN),
}


class Counter(Model):
    """A place where an institution asks for something, in its own ids. `key_id`: which of its keys put the code up."""

    id: str
    institution_id: str
    key_id: str
    office_id: str
    device_id: str
    business_type: BusinessType
    status: CounterStatus
    put_up_at: AwareDatetime


class Asking(NamedTuple):
    """What a counter's code comes to now: the counter, and what its institution is called."""

    counter: Counter
    institution_name: str


class Arrival(Model):
    """Somebody scanned a counter's code: what the institution may pick up until `expires_at`.

    Its id is the presence's. What may be known is read from the use and the card when it is picked up; here are ids
    and the masked name by which the counter calls the person.
    """

    id: str
    institution_id: str
    counter_id: str
    office_id: str
    device_id: str
    business_type: BusinessType
    holder: str
    person_id: str
    card_id: str
    usage_id: str
    citizen_id: str
    arrived_at: AwareDatetime
    expires_at: AwareDatetime
