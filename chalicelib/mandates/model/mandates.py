"""A mandate and its life. Pure data and rules; it must not know how a family's slots are counted, or who asks."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from chalicelib.types import Model

REFERENCE_LENGTH = 16
"""The last 16 characters of a mandate's id (80 bits): what a family code carries and its item is keyed by."""


class Relation(StrEnum):
    """What the member is to the agent; each has slots of its own."""

    ELDER = "elder"
    CHILD = "child"
    SPOUSE = "spouse"
    OTHER = "other"


class Action(StrEnum):
    """What an agent may do for a member."""

    CARDS = "cards"
    APPOINTMENTS = "appointments"
    CERTIFICATES = "certificates"
    USAGE_LOG = "usage-log"


class MandateStatus(StrEnum):
    """A mandate's state; the last two are final."""

    ACTIVE = "active"
    REVOKED = "revoked"
    ENDED = "ended"


TRANSITIONS: dict[str, tuple[tuple[MandateStatus, ...], MandateStatus]] = {
    "grant": ((), MandateStatus.ACTIVE),
    "revoke": ((MandateStatus.ACTIVE,), MandateStatus.REVOKED),
    "end": ((MandateStatus.ACTIVE,), MandateStatus.ENDED),
}


class Side(StrEnum):
    """Which part somebody has in a mandate."""

    AGENT = "agent"
    MEMBER = "member"


class Mandate(Model):
    """One person (the agent) may act for another (the member).

    It is exercised in the account that it was granted to, `agent_citizen_id`. `sealed` holds the member's name and
    identity number and goes when the mandate ends. `verification_id` is the face scan of consent, `kinship_id` the
    civil registry's answer (the question's id) where a guardian consented. `card_id` is the card that the agent
    carries by it.
    """

    id: str
    agent_person_id: str
    agent_citizen_id: str
    agent_holder: str
    member_person_id: str
    member_holder: str
    member_number_masked: str
    sealed: bytes | None
    relation: Relation
    actions: tuple[Action, ...]
    granted_at: AwareDatetime
    until: AwareDatetime
    status: MandateStatus
    slot: str
    verification_id: str
    kinship_id: str | None
    card_id: str | None
    card_reference: str | None
    closed_at: AwareDatetime | None
    closed_by: Side | None
    version: int

    def status_at(self, now: datetime) -> MandateStatus:
        """The state now: a mandate is over the second that `until` comes, whether or not anybody noted it."""
        lapsed = self.status is MandateStatus.ACTIVE and self.until <= now
        return MandateStatus.ENDED if lapsed else self.status

    def side(self, person_id: str | None) -> Side | None:
        """What part a person has in it, if any."""
        match person_id:
            case self.agent_person_id:
                return Side.AGENT
            case self.member_person_id:
                return Side.MEMBER
            case _:
                return None


def reference(mandate_id: str) -> str:
    """The part of a mandate's id that a family code carries."""
    return mandate_id[-REFERENCE_LENGTH:]
