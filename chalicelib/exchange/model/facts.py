"""What is asked of a department about a person, and the fact that it signs. Pure data."""

from enum import StrEnum
from hashlib import sha256

from pydantic import AwareDatetime, Field

from chalicelib.exchange.model.departments import CLIENT
from chalicelib.types import Model, encode_base32

Value = dict[str, str | int | bool | None]
"""What a fact says: flat, named values."""

_TIME_CHARACTERS = 10  # of a ULID
_RANDOM_BYTES, _RANDOM_CHARACTERS = 10, 16


class Subject(Model):
    """The person a question is about. For use within one request, never stored or logged like this."""

    person_id: str
    real_name: str = Field(repr=False)
    id_number: str = Field(repr=False)


class Question(Model):
    """One fact about one person, for one purpose within one case.

    `client` is the system that asks and `user` whoever set it asking, as X-Road names them. `claims` is what the
    person says of themselves for the department to judge (a phone number): never stored or logged.
    """

    request_id: str
    department_id: str
    fact: str
    subject: Subject
    purpose: str
    case_id: str
    client: str = CLIENT
    user: str | None = None
    claims: dict[str, str] = Field(default_factory=dict, repr=False)


class FactStatus(StrEnum):
    """What the department knows; `MISMATCH`: the name does not belong to the number."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    MISMATCH = "mismatch"


class Fact(Model):
    """A department's answer whose signature held. `value` is there only where the status is found.

    `proof` is the signed answer itself (JWS).
    """

    request_id: str
    department_id: str
    fact: str
    status: FactStatus
    value: Value | None = Field(repr=False)
    answered_at: AwareDatetime
    proof: str = Field(repr=False)

    @property
    def holds(self) -> bool | None:
        """The yes or no of a predicate fact, signed by who knows; None where the department has no record."""
        return None if self.value is None else self.value.get("holds") is True


def request_id(department_id: str, fact: str, case_id: str) -> str:
    """The id of this question within this case: the same however often it is put, so that a retry is one reading."""
    return following_id("req", case_id, department_id, fact)


def following_id(prefix: str, case_id: str, *what: str) -> str:
    """An id that follows from a case: a ULID with the case's own time, so that what is a person's lies in order."""
    digest = sha256("\0".join((case_id, *what)).encode()).digest()
    chance = encode_base32(int.from_bytes(digest[:_RANDOM_BYTES], "big"), _RANDOM_CHARACTERS)
    return f"{prefix}_{case_id.rpartition('_')[2][:_TIME_CHARACTERS]}{chance}"
