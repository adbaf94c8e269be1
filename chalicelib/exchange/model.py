"""Departments, the facts they answer for, and the record of who asked. Pure data."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from chalicelib.types import Model


class Department(Model):
    """An authority that answers for facts: where it is asked, and the key that signs its answers (Ed25519)."""

    id: str
    name_zh: str
    name_en: str
    endpoint: str
    key_id: str
    public_key: bytes


class Subject(Model):
    """About whom a department is asked. For one request only: never stored or logged like this."""

    person_id: str
    real_name: str
    id_number: str


class FactStatus(StrEnum):
    """What a department answered."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    MISMATCH = "mismatch"


class Fact(Model):
    """A department's signed answer. `value` is there only where the status is found; `proof` is the answer itself."""

    department_id: str
    fact: str
    status: FactStatus
    value: dict[str, Any] | None
    proof: str
    request_id: str
    answered_at: AwareDatetime
