"""Notices: a kind, what it is about, and a text by kind. No personal data, in case somebody reads over a shoulder."""

from string import Formatter

from pydantic import AwareDatetime, Field

from chalicelib.types import Model


class Words(Model):
    """One text in the two languages of the page. `{name}` stands for a name that its message tells."""

    zh: str
    en: str


class Text(Model):
    """What a kind of notice says."""

    title: Words
    body: Words

    @property
    def names(self) -> set[str]:
        """Which names the message must tell."""
        texts = (self.title.zh, self.title.en, self.body.zh, self.body.en)
        return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


class Notice(Model):
    """One message to one citizen; `about` is the id of what it tells of, `names` are institutions' in its text."""

    id: str
    citizen_id: str
    kind: str
    about: str
    created_at: AwareDatetime
    names: dict[str, str] = Field(default_factory=dict)
