"""A consent to read data: whose, which facts, for what, by which system, how often and until when. Pure rules.

Consent state machine (3.8): granted -> exhausted | revoked | expired. It is granted with the deed that asks for it
(a face that was shown), and each use is appended. That its time is over nobody has to write down.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from chalicelib.exchange.model.departments import CLIENT
from chalicelib.exchange.model.facts import following_id
from chalicelib.exchange.model.inquiries import Inquiry
from chalicelib.types import Model

CONSENT_LIFE = timedelta(days=30)
"""Unless told: longer than any department's statutory time, shorter than anybody would forget it."""


class ConsentStatus(StrEnum):
    """Where a consent stands."""

    GRANTED = "granted"
    EXHAUSTED = "exhausted"
    REVOKED = "revoked"
    EXPIRED = "expired"


TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "use": ((ConsentStatus.GRANTED,), ConsentStatus.GRANTED),
    "use-last": ((ConsentStatus.GRANTED,), ConsentStatus.EXHAUSTED),
    "revoke": ((ConsentStatus.GRANTED, ConsentStatus.EXHAUSTED), ConsentStatus.REVOKED),
}
"""Event -> the states it may happen in, and the one it leads to."""


class Shown(Model):
    """What it was given for, as it was shown to whoever gave it."""

    zh: str
    en: str


class ConsentUse(Model):
    """One reading by this consent; `request_id` is the question's and the usage entry's too."""

    request_id: str
    fact: str
    at: AwareDatetime


class Consent(Model):
    """One person's data, for one purpose in one case; `citizen_id` gave it, by `mandate_id` for somebody else.

    A use is one reading of one fact; the same fact in the same case is read once, however often it is asked for.
    """

    id: str
    citizen_id: str
    person_id: str
    mandate_id: str | None = None
    purpose: str
    shown: Shown | None = None
    facts: tuple[str, ...]
    client: str = CLIENT
    case_id: str
    uses_left: int = Field(ge=0)
    uses: tuple[ConsentUse, ...] = ()
    status: ConsentStatus = ConsentStatus.GRANTED
    granted_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None = None
    version: int = 1

    def status_at(self, now: datetime) -> ConsentStatus:
        """Where it stands at a moment: what has not ended otherwise is over when its time is."""
        if self.status is ConsentStatus.GRANTED and now >= self.expires_at:
            return ConsentStatus.EXPIRED
        return self.status

    def covers(self, inquiry: Inquiry) -> bool:
        """Whether it was given for this: the same person, purpose, case and system, and every fact named."""
        given = (self.person_id, self.purpose, self.case_id, self.client)
        asked = (inquiry.subject.person_id, inquiry.purpose, inquiry.case_id, inquiry.client)
        return given == asked and {ask.fact for ask in inquiry.asks} <= set(self.facts)

    def ended(self, now: datetime, wanted: int) -> ConsentStatus | None:
        """How it ended for somebody who wants so many uses now; None where it serves them."""
        if self.status is ConsentStatus.REVOKED:
            return ConsentStatus.REVOKED
        if now >= self.expires_at:
            return ConsentStatus.EXPIRED
        return ConsentStatus.EXHAUSTED if wanted > self.uses_left else None

    def used(self, uses: Sequence[ConsentUse]) -> "Consent":
        """After these readings; there must be as many left."""
        left = self.uses_left - len(uses)
        status = self.status if left else ConsentStatus.EXHAUSTED
        appended = (*self.uses, *uses)
        changes = {"uses_left": left, "uses": appended, "status": status, "version": self.version + 1}
        return self.model_copy(update=changes)


def consent_id(case_id: str) -> str:
    """A consent's id follows from the case it is given for: whoever repeats the request meets it again."""
    return following_id("cns", case_id, "consent")
