"""Gateway to the departments: asks one signed question over HTTP and believes only a signed answer to it.

Our request carries an RFC 9421 signature, X-Road's client and id headers; the answer is a compact JWS (RFC 7515,
EdDSA by RFC 8037) that names our request and the hash of its bytes. Knows nothing of who may ask, or of records.
"""

import json
from base64 import b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from http import HTTPStatus
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.exchange.model import Department, Fact, FactStatus, Question, Value
from chalicelib.platform import web
from chalicelib.platform.signatures import RequestSigner
from chalicelib.platform.tokens import compact_json, unb64url
from chalicelib.types import Wire

CLIENT = "CN/GOV/330100/zerotrip"
"""How the exchange layer names us (X-Road: instance/class/member/subsystem)."""
_TAG = "zt-exchange"
_ANSWER_TYPE = "application/jose"
_TIME_LIMIT_SECONDS = 5.0
_SKEW = timedelta(seconds=30)


class _Answer(Wire):
    """The payload of a department's JWS."""

    iss: str
    request_id: str
    request_hash: str
    fact: str
    status: Literal["found", "not-found", "mismatch"]
    value: Value | None
    iat: int


@dataclass(frozen=True, slots=True)
class Departments:
    """Puts questions to departments."""

    signer: RequestSigner

    def ask(self, department: Department, question: Question, now: datetime) -> Fact:
        """The department's signed answer. Raises DepartmentUnavailable, AnswerNotTrusted."""
        body = _body(question)
        headers = self.signer.headers(
            department.endpoint, body, key=question.request_id, tag=_TAG, now=now.timestamp()
        )
        headers |= {"accept": _ANSWER_TYPE, "x-road-client": CLIENT, "x-road-id": question.request_id}
        try:
            answer = web.post(department.endpoint, body, headers, seconds=_TIME_LIMIT_SECONDS)
        except Unavailable as error:
            raise DepartmentUnavailable from error
        if answer.status != HTTPStatus.OK or answer.headers.get("content-type") != _ANSWER_TYPE:
            raise DepartmentUnavailable
        return _believed(answer.body, department, question, body, now)


def _body(question: Question) -> bytes:
    subject = question.subject
    asked: dict[str, object] = {
        "requestId": question.request_id,
        "purpose": question.purpose,
        "caseId": question.case_id,
        "fact": question.fact,
        "subject": {"idNumber": subject.id_number, "realName": subject.real_name},
    }
    return compact_json(asked | ({"claims": question.claims} if question.claims else {}))


def _believed(raw: bytes, department: Department, question: Question, body: bytes, now: datetime) -> Fact:
    """The fact, if this department signed it, about this very request. Raises AnswerNotTrusted."""
    try:
        jws = raw.decode("ascii")
        answer = _verified(jws, department)
    except (ValueError, BadBase64, InvalidSignature, ValidationError, RecursionError) as error:
        raise AnswerNotTrusted from error
    answered_at = datetime.fromtimestamp(answer.iat, UTC)
    request_hash = b64encode(sha512(body).digest()).decode()
    told = (answer.iss, answer.request_id, answer.request_hash, answer.fact)
    if told != (department.id, question.request_id, request_hash, question.fact) or answered_at > now + _SKEW:
        raise AnswerNotTrusted
    if (answer.status == "found") != (answer.value is not None):
        raise AnswerNotTrusted
    return Fact(
        request_id=question.request_id,
        department_id=department.id,
        fact=question.fact,
        status=FactStatus(answer.status),
        value=answer.value,
        answered_at=answered_at,
        proof=jws,
    )


def _verified(jws: str, department: Department) -> _Answer:
    """The payload behind a signature by the registered key; algorithm and key come from us, not from the wire."""
    message, _, signature = jws.rpartition(".")
    header, _, payload = message.partition(".")
    if json.loads(unb64url(header)) != {"alg": "EdDSA", "kid": department.key_id, "typ": "fact+jwt"}:
        raise AnswerNotTrusted
    key = Ed25519PublicKey.from_public_bytes(department.public_key)
    key.verify(unb64url(signature), message.encode())
    return _Answer.model_validate_json(unb64url(payload))
