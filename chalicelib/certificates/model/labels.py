"""Texts for people, in both languages. Pure data; knows nothing of certificates."""

from pydantic import BaseModel, ConfigDict, RootModel


class Data(BaseModel):
    """Data of the catalogue's files: closed and immutable, lists become tuples."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Data):
    """A text in both languages."""

    zh: str
    en: str

    def for_region(self, region: "Label") -> "Label":
        """This label with `{region}` replaced in both languages."""
        return Label(zh=self.zh.replace("{region}", region.zh), en=self.en.replace("{region}", region.en))


class Reason(Label):
    """Why a certificate was refused, or waits for people; `code` is stable, the texts say what can be done."""

    code: str


class Regions(RootModel[dict[str, Label]]):
    """Names of regions by code."""


def same(text: str) -> Label:
    """A text that no language changes: a name, a number, an address."""
    return Label(zh=text, en=text)
