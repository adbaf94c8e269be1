"""Departments, the questions put to them, the facts they sign, and the record of each reading. Pure data.

Knows no HTTP and no storage.
"""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from pydantic import AwareDatetime, Field

from chalicelib.types import Model, encode_base32

CLIENT = "CN/GOV/330100/zerotrip"
"""How the exchange layer names us (X-Road: instance/class/member/subsystem)."""

Value = dict[str, str | int | bool | None]
"""What a fact says: flat, named values."""

_TIME_CHARACTERS = 10  # of a ULID
_RANDOM_BYTES, _RANDOM_CHARACTERS = 10, 16


class Department(Model):
    """An authority that answers for facts: where it is asked, and the key that signs its answers (Ed25519, raw)."""

    id: str
    name_zh: str
    name_en: str
    endpoint: str
    key_id: str
    public_key: bytes


class Subject(Model):
    """The person a question is about. For use within one request, never stored or logged like this."""

    person_id: str
    real_name: str = Field(repr=False)
    id_number: str = Field(repr=False)


class Question(Model):
    """One fact about one person, for one purpose within one case.

    `claims` is what the person says of themselves for the department to judge (a phone number): never stored or logged.
    """

    request_id: str
    department_id: str
    fact: str
    subject: Subject
    purpose: str
    case_id: str
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


class Usage(Model):
    """One reading of a person's data: which fact, by whom, for what, when. Never what it said."""

    id: str
    person_id: str
    department_id: str
    fact: str
    purpose: str
    case_id: str
    read_at: datetime


def request_id(department_id: str, fact: str, case_id: str) -> str:
    """The id of this question within this case: the same however often it is put, so that a retry is one reading.

    A ULID with the case's own time, so that a person's readings lie in order.
    """
    digest = sha256(f"{case_id}\0{department_id}\0{fact}".encode()).digest()
    chance = encode_base32(int.from_bytes(digest[:_RANDOM_BYTES], "big"), _RANDOM_CHARACTERS)
    return f"req_{case_id.rpartition('_')[2][:_TIME_CHARACTERS]}{chance}"
