"""One change of status. Ids and states only: never what a record says."""

from pydantic import AwareDatetime

from chalicelib.types import Model

OWNERS = ("id", "citizen_id", "institution_id")
"""Attributes of a record that say whose it is; they are ids of ours."""


class Change(Model):
    """A record went from one status to another; None is 'was not there'."""

    record_pk: str
    record_sk: str
    sequence: str
    before: str | None
    after: str | None
    at: AwareDatetime
    ids: dict[str, str]
