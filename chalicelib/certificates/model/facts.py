"""What departments tell, declared: the fields of each fact, and how a value of each kind reads in both languages.

A fact's value is flat (see the exchange's `Value`); what has rows of its own is one text, a line per row and a comma
between cells. Pure data and rules; knows no department and no protocol.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

import pydantic

from chalicelib.certificates.model.labels import Data, Label, same

Told = str | int | bool | None
Facts = Mapping[str, Mapping[str, Told]]
"""What the departments told, by the fact's name and the field's."""

Kind = Literal["text", "number", "yes-no", "date", "month", "money", "one-of", "region", "rows"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_YES, _NO = Label(zh="是", en="Yes"), Label(zh="否", en="No")
_FEN = 100


class Field(Data):
    """One field of a fact. `names` are what a `one-of` may be, or known regions, `columns` those of a row's cells."""

    kind: Kind
    name: Label
    optional: bool = False
    """Whether the department may leave it open (null)."""
    unit: Label | None = None
    names: Mapping[str, Label] = pydantic.Field(default_factory=dict)
    columns: tuple["Field", ...] = ()

    def fits(self, told: Told) -> bool:
        """Whether this can be this field's value at all."""
        if told is None:
            return self.optional
        if self.kind in {"number", "money"}:
            return type(told) is int and told >= 0
        if self.kind == "yes-no":
            return type(told) is bool
        return isinstance(told, str) and self._reads(told)

    def _reads(self, text: str) -> bool:
        if self.kind == "rows":
            return all(self._row_reads(line.split(",")) for line in text.splitlines())
        if self.kind == "one-of":
            return text in self.names
        return _is_date(text, self.kind) if self.kind in {"date", "month"} else bool(text)

    def _row_reads(self, cells: list[str]) -> bool:
        pairs = zip(self.columns, cells, strict=False)
        return len(cells) == len(self.columns) and all(
            column.fits(_cell(column, cell)) for column, cell in pairs
        )

    def said(self, told: Told) -> Label:
        """A value that fits, in words."""
        words = self.names.get(str(told)) or _WORDS[self.kind](told)
        return Label(zh=f"{words.zh}{self.unit.zh}", en=f"{words.en} {self.unit.en}") if self.unit else words

    def rows(self, told: Told) -> tuple[tuple[Label, ...], ...]:
        """The rows of a value that fits, each cell in words."""
        return tuple(
            tuple(
                column.said(_cell(column, cell))
                for column, cell in zip(self.columns, line.split(","), strict=True)
            )
            for line in str(told or "").splitlines()
        )


class Need(Data):
    """A fact that a certificate needs: from which department, and what it tells."""

    fact: str
    department_id: str
    name: Label
    fields: dict[str, Field]

    def fits(self, value: Mapping[str, Told]) -> bool:
        """Whether the department's answer has the form that was agreed; more than agreed is left aside."""
        return all(field.fits(value.get(name)) for name, field in self.fields.items())


def day_in_words(day: date) -> Label:
    """`2026年11月23日`, `23 November 2026`."""
    return Label(
        zh=f"{day.year}年{day.month}月{day.day}日", en=f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )


def _cell(column: Field, cell: str) -> Told:
    """A row's cell as the value it stands for."""
    return int(cell) if column.kind in {"number", "money"} and cell.isdecimal() else cell or None


def _is_date(text: str, kind: Kind) -> bool:
    try:
        date.fromisoformat(f"{text}-01" if kind == "month" else text)
    except ValueError:
        return False
    return True


def _day(told: Told) -> Label:
    return day_in_words(date.fromisoformat(str(told)))


def _month(told: Told) -> Label:
    first = date.fromisoformat(f"{told}-01")
    return Label(zh=f"{first.year}年{first.month}月", en=f"{_MONTHS[first.month - 1]} {first.year}")


def _money(told: Told) -> Label:
    yuan = f"{int(told or 0) // _FEN:,}.{int(told or 0) % _FEN:02d}"
    return Label(zh=f"{yuan}元", en=f"CNY {yuan}")


def _plain(told: Told) -> Label:
    return same(str(told))


_WORDS: dict[Kind, Callable[[Told], Label]] = {
    "text": _plain,
    "number": _plain,
    "region": _plain,
    "rows": _plain,
    "one-of": _plain,
    "date": _day,
    "month": _month,
    "money": _money,
    "yes-no": lambda told: _YES if told else _NO,
}
