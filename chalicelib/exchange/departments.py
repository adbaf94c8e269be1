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
from chalicelib.exchange.model import Department, Fact, FactStatus, Question, Value
from chalicelib.platform import web
from chalicelib.platform.answers import NotAuthentic, authentic, request_hash
from chalicelib.platform.signatures import RequestSigner
from chalicelib.platform.tokens import compact_json
from chalicelib.types import Wire

_TAG = "zt-exchange"
_TYPE = "fact+jwt"
_ANSWER_TYPE = "application/jose"
_LARGEST = 1 << 16
_SKEW = timedelta(seconds=30)
_OLDEST = timedelta(days=1)
"""A department may answer a repeated question as it did before; a day later it has to look again."""
_PASSING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_REFUSALS = 400
_USUAL_INTERVAL, _SHORTEST_INTERVAL, _LONGEST_INTERVAL = 60, 1, 86_400


class Passing(DepartmentUnavailable):
    """The question was not taken, for a reason that may pass within moments."""


class DepartmentSlow(DepartmentUnavailable):
    """The question may have arrived; no answer came in its time."""


class Refusing(DepartmentUnavailable):
    """The department understood, and says no to this question."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The department works on the answer: ask again in so many seconds."""

    interval: int


class _Pending(Wire):
    """The body of a 202."""

    interval: int


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

    def prepare(self) -> None:
        """Learn our own key's name once, before several ask at the same time: they would wait for each other."""
        _ = self.signer.signer.kid

    def ask(
        self, department: Department, question: Question, now: datetime, seconds: float
    ) -> Fact | Pending:
        """The department's signed answer within `seconds`. Raises DepartmentUnavailable and its kinds."""
        body = _body(question)
        headers = self.signer.headers(
            department.endpoint, body, key=question.request_id, tag=_TAG, now=now.timestamp()
        )
        try:
            answer = web.post(
                department.endpoint, body, headers | _road(question, body), seconds=seconds, most=_LARGEST
            )
        except web.TooLarge as error:
            raise AnswerNotTrusted("too-large") from error
        except web.TooLate as error:
            raise DepartmentSlow("no-answer-in-time") from error
        except Unavailable as error:
            raise Passing("no-connection") from error
        if answer.status == HTTPStatus.ACCEPTED:
            return Pending(_interval(answer.body))
        _require_answer(answer)
        return _believed(answer.body, department, question, body, now)


def _road(question: Question, body: bytes) -> dict[str, str]:
    """X-Road's headers, so that a real security server can take our place by configuration."""
    user = {"x-road-userid": question.user} if question.user else {}
    return user | {
        "accept": _ANSWER_TYPE,
        "x-road-client": question.client,
        "x-road-id": question.request_id,
        "x-road-request-hash": request_hash(body),
    }


def _require_answer(answer: web.Answer) -> None:
    """Raises Passing where the same question may well be answered in a moment, DepartmentUnavailable otherwise."""
    if answer.status in _PASSING:
        raise Passing(f"status-{answer.status}")
    if _REFUSALS <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Refusing(f"status-{answer.status}")
    if answer.status != HTTPStatus.OK:
        raise DepartmentUnavailable(f"status-{answer.status}")
    if answer.headers.get("content-type") != _ANSWER_TYPE:
        raise DepartmentUnavailable("content-type")


def _interval(raw: bytes) -> int:
    """When to ask again, within reason whatever the department says."""
    try:
        asked = _Pending.model_validate_json(raw).interval
    except ValidationError:
        asked = _USUAL_INTERVAL
    return min(max(asked, _SHORTEST_INTERVAL), _LONGEST_INTERVAL)


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
    except NotAuthentic as error:
        raise AnswerNotTrusted("not-signed") from error
    except ValidationError as error:
        raise AnswerNotTrusted("malformed") from error
    answered_at = _moment(answer.iat)
    _require_fit(answer, department, question, body)
    if answered_at > now + _SKEW:
        raise AnswerNotTrusted("from-the-future")
    if answered_at < now - _OLDEST:
        raise AnswerNotTrusted("too-old")
    return Fact(
        request_id=question.request_id,
        department_id=department.id,
        fact=question.fact,
        status=FactStatus(answer.status),
        value=answer.value,
        answered_at=answered_at,
        proof=raw.decode("ascii"),
    )


def _require_fit(answer: _Answer, department: Department, question: Question, body: bytes) -> None:
    """Raises AnswerNotTrusted unless it answers this question, about this person, and does not contradict itself."""
    if (answer.iss, answer.fact) != (department.id, question.fact):
        raise AnswerNotTrusted("another-fact")
    if (answer.request_id, answer.request_hash) != (question.request_id, request_hash(body)):
        raise AnswerNotTrusted("another-question")
    if (answer.status == "found") != (answer.value is not None):
        raise AnswerNotTrusted("contradicts-itself")
    if not isinstance((answer.value or {}).get("holds", False), bool):
        raise AnswerNotTrusted("malformed")  # a predicate says yes or no


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise AnswerNotTrusted("malformed") from error
