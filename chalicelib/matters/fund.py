"""Gateway to who pays (the fund's payment desk): one signed order under a number of its own, and what became of it.

An order is signed as questions to departments are (RFC 9421); an answer counts only if the payer signed it about this
very request. Whatever else comes back is `Unavailable`: the outcome is unknown, so it is asked for, never supposed. The
order names the person and the amount, never an account: the money goes to the citizen's own, which the fund knows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from secrets import token_hex
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from chalicelib.errors import Unavailable
from chalicelib.exchange.model import CLIENT, Department, Subject
from chalicelib.matters.model.applications import Application, Payment
from chalicelib.platform import log, web
from chalicelib.platform.answers import NotAuthentic, authentic, request_hash
from chalicelib.platform.signatures import RequestSigner
from chalicelib.platform.tokens import compact_json
from chalicelib.types import Wire

_TAG = "zt-order"
_TYPE = "order+jwt"
_ANSWER_TYPE = "application/jose"
_TIME_LIMIT_SECONDS = 5.0
_SKEW = timedelta(seconds=30)
_Text = Annotated[str, Field(min_length=1, max_length=128)]


class _Answer(Wire):
    """The payload of the payer's JWS."""

    iss: str
    request_id: str
    request_hash: str
    order_number: str
    status: Literal["paid", "accepted", "refused", "absent"]
    reason: _Text | None = None
    amount_fen: int | None = None
    bank: _Text | None = None
    account_masked: _Text | None = None
    paid_at: int | None = None
    iat: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """The payer will not pay, for good; `code` is its own."""

    code: str


Standing = Payment | Refusal | Literal["accepted", "absent"]
"""What an order came to: paid, refused, taken in and not paid yet, or never heard of."""


@dataclass(frozen=True, slots=True)
class Fund:
    """Orders money."""

    signer: RequestSigner

    def order(self, party: Department, application: Application, subject: Subject, now: datetime) -> Standing:
        """Order an application's money; under its number it is paid once, however often it is ordered.

        Raises Unavailable: whether it was taken in is unknown.
        """
        told: dict[str, object] = {
            "requestId": application.order_number,
            "orderNumber": application.order_number,
            "matter": application.item_id,
            "caseId": application.id,
            "amountFen": application.amount_fen,
            "subject": {"idNumber": subject.id_number, "realName": subject.real_name},
            "grounds": [each.request_id for each in application.grounds],
        }
        found = self._ask(party, "orders", application, told, now)
        if found == "absent":
            raise _distrusted(application, "another answer")
        return found

    def query(self, party: Department, application: Application, now: datetime) -> Standing:
        """What became of an application's order. Raises Unavailable."""
        told: dict[str, object] = {
            "requestId": f"qry_{token_hex(16)}",
            "orderNumber": application.order_number,
        }
        return self._ask(party, "queries", application, told, now)

    def _ask(
        self, party: Department, what: str, application: Application, told: dict[str, object], now: datetime
    ) -> Standing:
        number, body, url = str(told["requestId"]), compact_json(told), f"{party.endpoint}/{what}"
        headers = self.signer.headers(url, body, key=number, tag=_TAG, now=now.timestamp())
        headers |= {"accept": _ANSWER_TYPE, "x-road-client": CLIENT, "x-road-id": number}
        answer = web.post(url, body, headers, seconds=_TIME_LIMIT_SECONDS)
        if answer.status != HTTPStatus.OK or answer.headers.get("content-type") != _ANSWER_TYPE:
            log.event("order.unknown", application=application.id, what=what, status=answer.status)
            raise Unavailable
        try:
            said = _Answer.model_validate_json(authentic(answer.body, _TYPE, party.key_id, party.public_key))
        except (NotAuthentic, ValidationError) as error:
            raise _distrusted(application, "not authentic") from error
        about = (said.iss, said.request_id, said.request_hash, said.order_number)
        if about != (party.id, number, request_hash(body), application.order_number):
            raise _distrusted(application, "another request")
        if datetime.fromtimestamp(said.iat, UTC) > now + _SKEW:
            raise _distrusted(application, "from the future")
        return _standing(said, application)


def _standing(said: _Answer, application: Application) -> Standing:
    if said.status == "accepted" or said.status == "absent":  # noqa: PLR1714  (mypy narrows no set)
        return said.status
    if said.status == "refused":
        return Refusal(said.reason or "")
    if said.amount_fen != application.amount_fen or not (said.bank and said.account_masked and said.paid_at):
        raise _distrusted(application, "another payment")
    return Payment(
        bank=said.bank,
        account_masked=said.account_masked,
        paid_at=datetime.fromtimestamp(said.paid_at, UTC),
    )


def _distrusted(application: Application, why: str) -> Unavailable:
    log.event("order.distrusted", application=application.id, why=why)
    return Unavailable()
