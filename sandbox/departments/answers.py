"""A department's answer: what it found, bound to the very question, signed as a compact JWS (EdDSA).

It must not know who asks, nor whether they may.
"""

import base64
import hashlib
import json
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field, StringConstraints

from sandbox.departments.catalogue import Department
from sandbox.departments.records import Records
from sandbox.keys import base64url, public_jwk
from sandbox.origin.routing import Refused, Wire

Status = Literal["found", "not-found", "mismatch"]
Claimed = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Subject(Wire):
    """Whom the question is about."""

    id_number: str = Field(min_length=1, max_length=18)
    real_name: str = Field(min_length=1, max_length=64)


class Question(Wire):
    """One question to a department."""

    request_id: str = Field(min_length=1, max_length=64)
    purpose: str = Field(min_length=1, max_length=200)
    case_id: str | None = Field(default=None, max_length=64)
    fact: str
    subject: Subject
    claims: dict[Claimed, Claimed] = Field(default_factory=dict, max_length=8)
    """What is claimed beside the subject's identity, for facts that are the judgement of a claim."""


def answer_claims(department: Department, question: Question, raw: bytes, records: Records) -> dict[str, Any]:
    """What the department states. `requestHash` binds it to the question's bytes; raises Refused 422."""
    status, value = _found(department, question, records)
    return {
        "iss": department.department_id,
        "requestId": question.request_id,
        "requestHash": base64.b64encode(hashlib.sha512(raw).digest()).decode(),
        "fact": question.fact,
        "status": status,
        "value": value,
        "iat": int(records.clock.now().timestamp()),
    }


def compact_jws(key: Ed25519PrivateKey, claims: dict[str, Any], kind: str = "fact+jwt") -> str:
    """The claims as a compact JWS (RFC 7515, RFC 8037)."""
    header = {"alg": "EdDSA", "kid": public_jwk(key.public_key())["kid"], "typ": kind}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def unsigned_jws(claims: dict[str, Any]) -> str:
    """The same claims with `alg: none`: what no one should believe."""
    return f"{_part({'alg': 'none', 'typ': 'fact+jwt'})}.{_part(claims)}."


def _found(
    department: Department, question: Question, records: Records
) -> tuple[Status, dict[str, Any] | None]:
    tell = department.facts.get(question.fact)
    if tell is None:
        raise Refused(422, "fact-unknown", f"this department gives {', '.join(department.facts)}")
    person = records.people.find_number(question.subject.id_number)
    if person is None:
        return "not-found", None
    if person.real_name != question.subject.real_name:
        return "mismatch", None
    value = tell(records, person, question.claims)
    return ("found", value) if value is not None else ("not-found", None)


def _part(content: dict[str, Any]) -> str:
    return base64url(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
