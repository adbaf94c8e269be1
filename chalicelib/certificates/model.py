"""What a certificate is: its type, its states, what is printed on it. Pure data and rules.

Knows no storage, no queue, no department's protocol and no PDF library.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from chalicelib.types import CHINA, Model, encode_base32, id_pattern

SignatureBox = tuple[int, int, int, int]
"""Left, bottom, right, top of the signature's field on the page, in points from its lower left corner."""

_TIME_CHARACTERS = 10  # of a ULID
_RANDOM_BYTES, _RANDOM_CHARACTERS = 10, 16
_SERIAL_CHARACTERS = 8
_DIGEST_CHARACTERS = 16


class _Data(BaseModel):
    """Data of the catalogue's files: closed and immutable, lists become tuples."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(_Data):
    """A text in both languages."""

    zh: str
    en: str

    def for_region(self, region: "Label") -> "Label":
        """This label with `{region}` replaced in both languages."""
        return Label(zh=self.zh.format(region=region.zh), en=self.en.format(region=region.en))


class Reason(Label):
    """Why a certificate was refused; `code` is stable, the texts tell the citizen what to do."""

    code: str


class Regions(RootModel[dict[str, Label]]):
    """Names of regions by code."""


class Rule(_Data):
    """One field of the fact must have this value, otherwise the certificate is refused with the reason."""

    field: str
    equals: int | bool | str
    otherwise: Reason

    def met(self, told: object) -> bool:
        """Whether this is the value wanted; False is not 0."""
        return type(told) is type(self.equals) and told == self.equals


class CertificateType(_Data):
    """What a type of certificate needs, from whom, and how it is drawn (see `catalogue/`)."""

    id: str
    serial_prefix: str
    name: Label
    issuer: Label
    department_id: str
    department_name: Label
    fact: str
    rules: tuple[Rule, ...]
    purposes: dict[str, Label]
    valid_days: int
    typical_seconds: int
    formats: tuple[str, ...]
    by_mandate: bool = False
    """Whether a family member may request it for the holder."""
    signature_box: SignatureBox

    def refusal(self, value: Mapping[str, object]) -> Reason | None:
        """The first rule that the department's answer breaks. A missing field, or another type, breaks its rule."""
        return next((rule.otherwise for rule in self.rules if not rule.met(value.get(rule.field))), None)

    def purpose_label(self, purpose: str) -> Label:
        """A known purpose by its name, any other in the citizen's own words."""
        return self.purposes.get(purpose) or Label(zh=purpose, en=purpose)


class Grounds(Model):
    """The signed answer that a certificate rests on."""

    request_id: str
    value: dict[str, str | int | bool | None] = Field(repr=False)
    answered_at: AwareDatetime
    proof: str = Field(repr=False)


class CertificateStatus(StrEnum):
    """Where a certificate stands."""

    GATHERING = "gathering"
    ISSUING = "issuing"
    ISSUED = "issued"
    REJECTED = "rejected"


OPEN = (CertificateStatus.GATHERING, CertificateStatus.ISSUING)
"""Something of ours is still to be done."""

TRANSITIONS: dict[str, tuple[tuple[CertificateStatus, ...], CertificateStatus]] = {
    "consent-ends": ((CertificateStatus.GATHERING,), CertificateStatus.REJECTED),
    "facts-confirm": ((CertificateStatus.GATHERING,), CertificateStatus.ISSUING),
    "facts-contradict": ((CertificateStatus.GATHERING,), CertificateStatus.REJECTED),
    "sign": ((CertificateStatus.ISSUING,), CertificateStatus.ISSUED),
    "cannot-print": ((CertificateStatus.ISSUING,), CertificateStatus.REJECTED),
}


class Certificate(Model):
    """A certificate from its request on. `sealed` (name and identity number) is dropped in a final state.

    `mandate_id` and `holder` (masked) are there only where it is about a family member.
    """

    id: str
    citizen_id: str
    person_id: str
    type_id: str
    purpose: str = Field(repr=False)
    status: CertificateStatus
    version: int
    requested_at: AwareDatetime
    mandate_id: str | None = None
    holder: str | None = None
    sealed: bytes | None = Field(default=None, repr=False)
    grounds: Grounds | None = None
    serial: str | None = None
    issued_at: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    sha256: str | None = None
    reason: Reason | None = None


class CertificateContent(Model):
    """All that is printed on one certificate. The same content always yields the same page."""

    type_id: str
    name: Label
    serial: str
    holder_name: str = Field(repr=False)
    holder_id_number: str = Field(repr=False)
    region: Label
    purpose: Label
    issuer: Label
    as_of: date
    issued_at: datetime
    valid_until: date
    verify_url: str = ""

    def digest(self, proof: str) -> str:
        """The beginning of the SHA-256 over all that is printed and over `proof`, the department's signed answer.

        It stands on the paper and is public. Only we and the department have the proof: without it, anyone could try
        names and numbers against the digest.
        """
        printed = self.model_dump_json(exclude={"verify_url"})
        return sha256(f"{printed}\0{proof}".encode()).hexdigest()[:_DIGEST_CHARACTERS]

    def verified_at(self, base_url: str, certificate_id: str, digest: str) -> "CertificateContent":
        """This content with the address that tells whether the paper is genuine and still holds.

        The digest stands behind `#`, which a browser does not send.
        """
        return self.model_copy(update={"verify_url": f"{base_url}/v/{certificate_id}#{digest}"})


class PublicRecord(Model):
    """What anyone who holds an issued certificate may know of it: nothing about its holder."""

    type_id: str
    type_name: Label
    serial: str
    issuer: Label
    issued_at: AwareDatetime
    valid_until: AwareDatetime
    content_digest: str
    sha256: str

    def holds_at(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return now <= self.valid_until


def is_certificate_id(text: str) -> bool:
    """Whether this may be the id of a certificate at all."""
    return re.fullmatch(id_pattern("cert"), text) is not None


def certificate_id(verification_id: str, type_id: str, purpose: str, mandate_id: str | None = None) -> str:
    """The id of this request: asking twice with one face verification is one request (for each family member).

    A ULID with the verification's own time, so that a citizen's certificates lie in order.
    """
    about = f"\0{mandate_id}" if mandate_id else ""
    digest = sha256(f"{verification_id}\0{type_id}\0{purpose}{about}".encode()).digest()
    chance = encode_base32(int.from_bytes(digest[:_RANDOM_BYTES], "big"), _RANDOM_CHARACTERS)
    return f"cert_{verification_id.rpartition('_')[2][:_TIME_CHARACTERS]}{chance}"


def serial_number(kind: CertificateType, certificate: str, region: str, issued_at: datetime) -> str:
    """What the paper is called: type, region (GB/T 2260), day of issue in China, the end of the certificate's id."""
    return f"{kind.serial_prefix}-{region}-{issued_at.astimezone(CHINA):%Y%m%d}-{certificate[-_SERIAL_CHARACTERS:]}"


def end_of_validity(issued_at: datetime, days: int) -> datetime:
    """The last second of the last day, in China."""
    last = issued_at.astimezone(CHINA).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), CHINA)
