"""What a certificate says, in words ready to print and as the values they stand for. Pure data."""

from chalicelib.certificates.model.labels import Label
from chalicelib.types import Model


class Statement(Model):
    """The sentence that certifies, after the holder's name; `strong` is the part of it that is set bold."""

    zh: str
    en: str
    strong: Label | None = None


class Line(Model):
    """One particular: its label, its value in words, the value itself, and the data element's name (GB/T 36903)."""

    label: Label
    value: Label
    told: str | int | bool | None
    element: str


class Table(Model):
    """A long table, such as payments month by month: every cell in words."""

    title: Label
    columns: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...]
    element: str
