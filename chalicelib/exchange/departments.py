"""The connector to all departments: one signed question, one signed answer.

The question is signed with our key (RFC 9421) and carries X-Road-like headers, so that a later move to a real X-Road
is a change of address; the answer is a compact JWS (EdDSA) over the hash of the very question.
"""

import hashlib
import json
from base64 import b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import DepartmentUnavailable
from chalicelib.exchange.model import Department, Fact, FactStatus, Subject
from chalicelib.platform import log, web
from chalicelib.platform.signatures import RequestSigner
from chalicelib.platform.tokens import compact_json, unb64url

_SECONDS = 5.0
_TAG = "zt-exchange"
_CLIENT = "CN-330100/GOV/zerotrip"
_OK = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a department, about whom, and why."""

    request_id: str
    fact: str
    subject: Subject
    purpose: str
    case_id: str

    def body(self) -> bytes:
        """The question on the wire."""
        subject = {"idNumber": self.subject.id_number, "realName": self.subject.real_name}
        content = {"requestId": self.request_id, "purpose": self.purpose, "caseId": self.case_id}
        return compact_json(content | {"fact": self.fact, "subject": subject})


@dataclass(frozen=True, slots=True)
class Departments:
    """Asks departments over HTTP."""

    signer: RequestSigner

    def ask(self, department: Department, question: Question, now: datetime) -> Fact:
        """The department's answer, believed only if its signature covers this very question.

        Raises DepartmentUnavailable: late, down, malformed, unsigned, or about something else.
        """
        body = question.body()
        signed = self.signer.headers(
            department.endpoint, body, key=question.request_id, tag=_TAG, now=now.timestamp()
        )
        headers = signed | {"X-Road-Client": _CLIENT, "X-Road-Id": question.request_id}
        try:
            answer = web.post(department.endpoint, body, headers, seconds=_SECONDS)
        except Unavailable as error:
            raise _refused(department, "unreachable") from error
        if answer.status != _OK:
            raise _refused(department, f"status-{answer.status}")
        claims = _verified(department, answer.body.decode("ascii", "replace"))
        digest = b64encode(hashlib.sha512(body).digest()).decode()
        expected = {
            "iss": department.id,
            "requestId": question.request_id,
            "requestHash": digest,
            "fact": question.fact,
        }
        if any(claims.get(name) != value for name, value in expected.items()):
            raise _refused(department, "answers-another-question")
        return _fact(department, question, claims, answer.body.decode())


def _verified(department: Department, token: str) -> dict[str, Any]:
    message, _, signature = token.rpartition(".")
    header, _, payload = message.partition(".")
    try:
        key = Ed25519PublicKey.from_public_bytes(department.public_key)
        key.verify(unb64url(signature), message.encode())
        stated: Mapping[str, Any] = json.loads(unb64url(header))
        claims: dict[str, Any] = json.loads(unb64url(payload))
    except (InvalidSignature, BadBase64, ValueError) as error:
        raise _refused(department, "signature") from error
    if stated.get("alg") != "EdDSA" or stated.get("kid") != department.key_id:
        raise _refused(department, "key")
    return claims


def _fact(department: Department, question: Question, claims: Mapping[str, Any], proof: str) -> Fact:
    try:
        status = FactStatus(claims["status"])
        value = claims["value"] if status is FactStatus.FOUND else None
        return Fact(
            department_id=department.id,
            fact=question.fact,
            status=status,
            value=value,
            proof=proof,
            request_id=question.request_id,
            answered_at=datetime.fromtimestamp(claims["iat"], UTC),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(department, "malformed") from error


def _refused(department: Department, why: str) -> DepartmentUnavailable:
    log.event("department.refused", department=department.id, why=why)
    return DepartmentUnavailable()
