"""Gateway to the departments: asks one signed question over HTTP and believes only a signed answer to it.

Our request carries an RFC 9421 signature, X-Road's client and id headers; the answer is a compact JWS (RFC 7515,
EdDSA by RFC 8037) that names our request and the hash of its bytes. Knows nothing of who may ask, or of records.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Literal

from pydantic import ValidationError

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.exchange.model import CLIENT, Department, Fact, FactStatus, Question, Value
from chalicelib.platform import web
from chalicelib.platform.answers import NotAuthentic, authentic, request_hash
from chalicelib.platform.signatures import RequestSigner
from chalicelib.platform.tokens import compact_json
from chalicelib.types import Wire

_TAG = "zt-exchange"
_TYPE = "fact+jwt"
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
        signed = authentic(raw, _TYPE, department.key_id, department.public_key)
        answer = _Answer.model_validate_json(signed)
    except (NotAuthentic, ValidationError) as error:
        raise AnswerNotTrusted from error
    answered_at = datetime.fromtimestamp(answer.iat, UTC)
    told = (answer.iss, answer.request_id, answer.request_hash, answer.fact)
    if (
        told != (department.id, question.request_id, request_hash(body), question.fact)
        or answered_at > now + _SKEW
    ):
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
        proof=raw.decode("ascii"),
    )
