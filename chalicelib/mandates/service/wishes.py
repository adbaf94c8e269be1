"""What an agent asks for, and whose consent stands behind it: for use within one request, never stored like this."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from chalicelib.identity.model.persons import Person
from chalicelib.mandates.model.mandates import Action, Relation
from chalicelib.types import Model


class Wish(Model):
    """A mandate as asked for. `verification_id` is the scan of whoever consents; name and number are a child's."""

    relation: Relation
    actions: tuple[Action, ...]
    until: AwareDatetime | None
    verification_id: str | None
    member_name: str | None = Field(default=None, repr=False)
    member_number: str | None = Field(default=None, repr=False)


class Consent(Model):
    """The member, the face scan by which they (or their guardian) agreed, and when that was."""

    member: Person
    verification_id: str
    at: datetime
