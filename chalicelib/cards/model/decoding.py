"""Decoding a code: why it is scanned, what the answer may hold, and where it happened. Pure data and rules.

Business types are the medical-insurance voucher's own (用码业务类型); every decode declares one, and it alone decides
which attributes the answer holds.
"""

from datetime import timedelta
from enum import StrEnum

from chalicelib.cards.model.card import Card
from chalicelib.types import Model

CODE_LIFE = timedelta(seconds=60)
REFRESH_AFTER = timedelta(seconds=45)
PRESENCE_LIFE = timedelta(minutes=10)


class BusinessType(StrEnum):
    """Why an institution scans a code."""

    OUTPATIENT_REGISTRATION = "01101"
    INPATIENT_RECORD = "01102"
    ADMISSION = "01103"
    DEPOSIT = "01104"
    CONSULTATION = "01201"
    EXAMINATION_BOOKING = "01202"
    EXAMINATION = "01203"
    TREATMENT = "01204"
    OUTPATIENT_SETTLEMENT = "01301"
    DISPENSING = "01302"
    PHARMACY_PURCHASE = "02121"
    EXTERNAL_PRESCRIPTION = "02122"


SETTLEMENT = {BusinessType.OUTPATIENT_SETTLEMENT, BusinessType.PHARMACY_PURCHASE}
"""Only here does the insurer's settlement need the identity number."""


class Attributes(Model):
    """What a decode tells about the person; None is what the business type does not need."""

    holder: str
    real_name: str | None = None
    id_number: str | None = None

    def names(self) -> list[str]:
        """Which attributes were given, for the citizen's usage log: names, never values."""
        return [name for name, value in self.model_dump().items() if value is not None]


class Presence(Model):
    """This person and this institution met: a token for later steps, a pairwise pseudonym, minimal attributes."""

    token: str
    pseudonym: str
    card: Card
    attributes: Attributes


class Terminal(Model):
    """Where a code was scanned, in the institution's own ids."""

    operator_id: str
    office_id: str
    device_id: str
    nonce: str
    request: str
    """The request's idempotency key: a repetition, signed anew, has the same."""
