"""What a certificate says, in words ready to print and as the values they stand for. Pure data."""

from pydantic import Field

from chalicelib.certificates.model.labels import Label
from chalicelib.types import Model


class Statement(Label):
    """The sentence that certifies, after the holder's name; `strong` is the part of it that is set bold."""

    strong: Label | None = None


class Line(Model):
    """One particular: its label, its value in words, and the name that GB/T 36903 has for it, if it has one.

    `told` is the value itself, as the department gave it, and `name` what machines call it.
    """

    label: Label
    value: Label = Field(repr=False)
    element: str | None = None
    name: str | None = None
    told: str | int | bool | None = Field(default=None, repr=False)


class Table(Model):
    """A long table, such as payments month by month: every cell in words."""

    title: Label
    columns: tuple[Label, ...]
    rows: tuple[tuple[Label, ...], ...] = Field(repr=False)
    element: str | None = None
    name: str | None = None
