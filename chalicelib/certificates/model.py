"""What a certificate is: its type, its request's states, what is printed. Pure data and rules.

Knows no storage, no queue, no department's protocol and no PDF library.
"""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from chalicelib.types import Model


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
    signature_box: tuple[int, int, int, int]
    """Left, bottom, right, top of the signature's field on the page, in points from its lower left corner."""

    def refusal(self, value: dict[str, Any]) -> Reason | None:
        """The first rule that the department's answer breaks. A missing field breaks its rule."""
        broken = (rule.otherwise for rule in self.rules if value.get(rule.field) != rule.equals)
        return next(broken, None)

    def purpose_label(self, purpose: str) -> Label:
        """A known purpose by its name, any other in the citizen's own words."""
        return self.purposes.get(purpose) or Label(zh=purpose, en=purpose)


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
    verify_url: str
