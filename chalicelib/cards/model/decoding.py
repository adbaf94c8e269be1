"""Decoding a code: why it is scanned, what the answer may hold, and where it happened. Pure data and rules.

Business types are the medical-insurance voucher's own (用码业务类型); every decode declares one, and it alone decides
which attributes the answer holds.
"""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from chalicelib.cards.model.card import Card
from chalicelib.types import Model

CODE_LIFE = timedelta(seconds=60)
REFRESH_AFTER = timedelta(seconds=45)
PRESENCE_LIFE = timedelta(minutes=10)
REDEEM_WITHIN = timedelta(hours=24)
"""How long after an offline code's end it may still be redeemed: a counter may have been offline as long."""


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


class Attribute(StrEnum):
    """What may be told of a person, by its name on the wire."""

    HOLDER = "holder"
    REAL_NAME = "realName"
    ID_NUMBER = "idNumber"


_MASKED = (Attribute.HOLDER,)
_NAMED = (*_MASKED, Attribute.REAL_NAME)
_SETTLED = (*_NAMED, Attribute.ID_NUMBER)


class Errand(NamedTuple):
    """What a business type is called, and which attributes it needs."""

    zh: str
    en: str
    attributes: tuple[Attribute, ...]


ERRANDS: dict[BusinessType, Errand] = {
    BusinessType.OUTPATIENT_REGISTRATION: Errand("门诊挂号", "Outpatient registration", _NAMED),
    BusinessType.INPATIENT_RECORD: Errand("住院建档", "Inpatient record", _NAMED),
    BusinessType.ADMISSION: Errand("入院登记", "Admission", _NAMED),
    BusinessType.DEPOSIT: Errand("缴纳预缴金", "Deposit", _MASKED),
    BusinessType.CONSULTATION: Errand("问诊", "Consultation", _MASKED),
    BusinessType.EXAMINATION_BOOKING: Errand("预约检查", "Booking an examination", _MASKED),
    BusinessType.EXAMINATION: Errand("检查", "Examination", _MASKED),
    BusinessType.TREATMENT: Errand("治疗", "Treatment", _MASKED),
    BusinessType.OUTPATIENT_SETTLEMENT: Errand("门诊结算", "Outpatient settlement", _SETTLED),
    BusinessType.DISPENSING: Errand("取药", "Collecting medicine", _MASKED),
    BusinessType.PHARMACY_PURCHASE: Errand("药店购药", "Purchase at a pharmacy", _SETTLED),
    BusinessType.EXTERNAL_PRESCRIPTION: Errand("下载外购处方", "Filling a hospital's prescription", _MASKED),
}
"""A record is opened under the real name; only the insurer's settlement needs the identity number; the rest need to
know whom to call, masked."""


class Attributes(Model):
    """What a decode tells about the person; None is what the business type does not need."""

    holder: str
    real_name: str | None = None
    id_number: str | None = None


class Presence(Model):
    """This person and this institution met: a token for later steps, a pairwise pseudonym, minimal attributes."""

    token: str
    pseudonym: str
    card: Card
    attributes: Attributes
    expires_in: int
    """Seconds that the token still lives."""


class Terminal(Model):
    """Where a code was scanned, in the institution's own ids; a citizen who scans a counter's code has no operator."""

    office_id: str
    device_id: str
    request: str
    """The request's idempotency key: a repetition, signed anew, has the same."""
    operator_id: str | None = None
    nonce: str | None = None
