"""What a type of certificate is: what it needs, from whom, by which rule, and what it says. Pure data and rules.

Every text and every rule comes from the catalogue's files; no type is known here by name. Knows no storage, no queue,
no department's protocol and no PDF library.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Literal

import pydantic

from chalicelib.certificates.model.facts import Facts, Field, Need, day_in_words
from chalicelib.certificates.model.labels import Data, Label, Reason, Regions
from chalicelib.certificates.model.rules import Rule, first_broken, told
from chalicelib.certificates.model.said import Line, Statement, Table

__all__ = ["CertificateType", "Label", "Paper", "Reason", "Regions", "SignatureBox"]

SignatureBox = tuple[int, int, int, int]
"""Left, bottom, right, top of the signature's field on the last page, in points from its lower left corner."""

PLACEHOLDER = re.compile(r"\{([A-Za-z0-9._-]+)\}")
_CAPITAL = re.compile(r"([A-Z])")


class Paper(Label):
    """Why a type cannot be had here yet ("still paper"), and where to go."""

    where: Label


class LineForm(Data):
    """A line of the certificate's table: its value is `<fact>.<field>`, its label the field's name unless given."""

    value: str
    label: Label | None = None
    element: str | None = None
    """The data element's name (GB/T 36903), where it has one."""

    @property
    def name(self) -> str:
        """What machines call it: `payment-record.paidMonths` is `payment_record_paid_months`."""
        return _CAPITAL.sub(r"_\1", self.value).lower().replace("-", "_").replace(".", "_")


class CertificateType(Data):
    """A type of certificate (see `catalogue/`). A type that is `paper` cannot be requested."""

    id: str
    code: str | None = None
    """The type's code in the national directory of certificates, where it is known."""
    serial_prefix: str
    name: Label
    legal_basis: tuple[Label, ...]
    issuer: Label
    department_id: str
    """Who issues it, and may suspend or revoke it."""
    department_name: Label
    needs: tuple[Need, ...] = ()
    no_record: Reason | None = None
    """What "no record" means for this type, where it means more than that."""
    rules: tuple[Rule, ...] = ()
    review: tuple[Rule, ...] = ()
    """Where one of these does not hold, people look before anything is issued or refused."""
    statement: Statement | None = None
    """Follows "This is to certify that the holder"; placeholders: `{region}`, `{as_of}`, `{<fact>.<field>}`."""
    lines: tuple[LineForm, ...] = ()
    purposes: dict[str, Label] = pydantic.Field(default_factory=dict)
    valid_days: int
    typical_seconds: int = 10
    statutory_days: int
    """Working days that the law, or the office's own promise, leaves."""
    assurance: Literal["face"] = "face"
    by_mandate: bool = False
    """Whether a family member may request it for the holder."""
    for_child: bool = False
    """Whether a parent may request it for a child in their care, by mandate."""
    paper: Paper | None = None
    formats: tuple[str, ...] = ("pdf", "sd-jwt", "json")
    signature_box: SignatureBox = (289, 102, 521, 184)

    def refusal(self, facts: Facts) -> Reason | None:
        """The first rule that what the departments told breaks."""
        return first_broken(self.rules, facts)

    def needs_review(self, facts: Facts) -> Reason | None:
        """Why a person must look, if so."""
        return first_broken(self.review, facts)

    def fits(self, facts: Facts) -> bool:
        """Whether every answer has the form that was agreed; one that has not must not be trusted."""
        return all(need.fits(facts.get(need.fact, {})) for need in self.needs)

    def region_code(self, facts: Facts) -> str | None:
        """The code of the region that the first fact is about (GB/T 2260)."""
        paths = (f"{need.fact}.{name}" for need in self.needs for name in need.fields if name == "region")
        return next((str(code) for path in paths if (code := told(facts, path))), None)

    def purpose_label(self, purpose: str) -> Label:
        """A known purpose by its name, any other in the citizen's own words."""
        return self.purposes.get(purpose) or Label(zh=purpose, en=purpose)

    def field(self, path: str) -> Field:
        """The declared field at `<fact>.<field>`. Raises LookupError."""
        fact, _, name = path.partition(".")
        return next(need for need in self.needs if need.fact == fact).fields[name]

    def statement_of(self, facts: Facts, region: Label, as_of: date) -> Statement:
        """What the certificate states, filled from facts that fit. Raises LookupError for a placeholder of no field."""
        fill = self._filler(facts, region, as_of)
        wording = self.statement or Statement(zh="", en="")
        filled = fill(wording)
        return Statement(zh=filled.zh, en=filled.en, strong=fill(wording.strong) if wording.strong else None)

    def lines_of(self, facts: Facts) -> tuple[Line, ...]:
        """The lines of its table, filled from facts that fit; what a department left open has no line."""
        return tuple(
            Line(
                label=line.label or field.name,
                value=field.said(value),
                element=line.element,
                name=line.name,
                told=value,
            )
            for line in self.lines
            if (field := self.field(line.value)).kind != "rows"
            and (value := told(facts, line.value)) is not None
        )

    def tables_of(self, facts: Facts) -> tuple[Table, ...]:
        """Its long tables (month by month), filled from facts that fit; an empty one is left out."""
        return tuple(
            Table(
                title=line.label or field.name,
                columns=tuple(column.name for column in field.columns),
                rows=rows,
                element=line.element,
                name=line.name,
            )
            for line in self.lines
            if (field := self.field(line.value)).kind == "rows"
            and (rows := field.rows(told(facts, line.value)))
        )

    def _filler(self, facts: Facts, region: Label, as_of: date) -> Callable[[Label], Label]:
        known = {"region": region, "as_of": day_in_words(as_of)}

        def words(path: str) -> Label:
            return known.get(path) or self.field(path).said(told(facts, path))

        def fill(text: Label) -> Label:
            zh = PLACEHOLDER.sub(lambda found: words(found[1]).zh, text.zh)
            return Label(zh=zh, en=PLACEHOLDER.sub(lambda found: words(found[1]).en, text.en))

        return fill
