"""What a type of certificate is: what it needs, from whom, by which rule, and how it is drawn. Pure data and rules.

Knows no storage, no queue, no department's protocol and no PDF library.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, RootModel

SignatureBox = tuple[int, int, int, int]
"""Left, bottom, right, top of the signature's field on the page, in points from its lower left corner."""


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
