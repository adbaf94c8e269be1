"""Notices: a kind, what it is about, and a text by kind. No personal data, in case somebody reads over a shoulder."""

from pydantic import AwareDatetime

from chalicelib.types import Model


class Words(Model):
    """One text in the two languages of the page."""

    zh: str
    en: str


class Text(Model):
    """What a kind of notice says."""

    title: Words
    body: Words


class Notice(Model):
    """One message to one citizen; `about` is the id of what it tells of."""

    id: str
    citizen_id: str
    kind: str
    about: str
    created_at: AwareDatetime
