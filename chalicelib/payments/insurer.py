"""The medical insurance over HTTP: pre-settlement, settlement, query and reversal (预结算, 结算, 查询, 冲正).

Requests are signed as those to departments are (RFC 9421); an answer counts only if the insurer signed it about this
very request, and its sums are right. Whatever else comes back is `Unavailable`: the outcome is unknown, so it is
asked for. Knows nothing of who pays cash, or for what. Only a pre-settlement carries personal data, in its body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from secrets import token_hex
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from chalicelib.errors import Unavailable
from chalicelib.exchange.model import CLIENT, Department
from chalicelib.payments.model.insurance import Declined, Insured, Note, Outcome, Quote
from chalicelib.payments.model.legs import INSURED, Legs
from chalicelib.payments.model.orders import Order
from chalicelib.payments.model.refunds import Refund
from chalicelib.platform import log, web
from chalicelib.platform.answers import NotAuthentic, authentic, request_hash
from chalicelib.platform.signatures import RequestSigner
from chalicelib.platform.tokens import compact_json
from chalicelib.types import Wire, rfc3339

_TAG = "zt-insurance"
_TYPE = "settlement+jwt"
_ANSWER_TYPE = "application/jose"
_TIME_LIMIT_SECONDS = 4.0
_SKEW = timedelta(seconds=30)
_REASONS: dict[str, Note] = {"not-insured": "not-insured", "card-not-usable": "card-not-usable"}
_Text = Annotated[str, Field(min_length=1, max_length=128)]


class _Answer(Wire):
    """The payload of the insurer's JWS."""

    iss: str
    request_id: str
    request_hash: str
    status: Literal["quoted", "settled", "reversed", "refused", "absent"]
    reason: str | None = None
    quote_id: _Text | None = None
    digest: _Text | None = None
    legs: Legs | None = None
    valid_until: int | None = None
    iat: int


@dataclass(frozen=True, slots=True)
class HttpInsurer:
    """Puts payments' questions to the insurer at `party`'s address."""

    signer: RequestSigner

    def presettle(self, party: Department, order: Order, insured: Insured, now: datetime) -> Quote | Declined:
        """Who would bear what of the order's total. Raises Unavailable."""
        told = {
            "requestId": order.id.replace("ord_", "pre_", 1),
            "businessType": "registration",
            "institutionId": order.payee,
            "cardNumber": insured.card_number,
            "region": insured.region,
            "totalFen": order.total_fen,
            "payBy": rfc3339(order.pay_by),
        }
        answer = self._ask(party, "pre-settlements", told, now)
        if answer.status == "refused":
            return Declined(note=_REASONS.get(answer.reason or "", "insurer-refused"))
        return _quote(answer, order, now)

    def settle(self, party: Department, order: Order, now: datetime) -> Outcome:
        """Settle the order's pre-settlement as it stands. Raises Unavailable."""
        told = {
            "requestId": order.settlement_no,
            "quoteId": order.insurance.quote_id if order.insurance else "",
            "digest": order.insurance.digest if order.insurance else "",
            "cashTradeNo": order.trade_no,
        }
        answer = self._ask(party, "settlements", told, now)
        return _outcome(answer, order, ("settled", "refused"))

    def query(self, party: Department, order: Order, now: datetime) -> Outcome:
        """What became of the order's settlement. Raises Unavailable."""
        told = {"requestId": f"qry_{token_hex(16)}", "settlementId": order.settlement_no}
        answer = self._ask(party, "queries", told, now)
        return _outcome(answer, order, ("settled", "refused", "absent"))

    def reverse(self, party: Department, order: Order, refund: Refund, now: datetime) -> bool:
        """Undo the refund's insured legs, or the settlement as a whole; False where refused. Raises Unavailable."""
        parts = None if refund.voids else {leg: refund.legs.of(leg) for leg in INSURED}
        told = {"requestId": refund.number, "settlementId": order.settlement_no, "legs": parts}
        answer = self._ask(party, "reversals", told, now)
        if answer.status not in {"reversed", "refused"}:
            raise _distrusted(told, "another answer")
        return answer.status == "reversed"

    def _ask(self, party: Department, what: str, told: Mapping[str, object], now: datetime) -> _Answer:
        number, body = str(told["requestId"]), compact_json(told)
        url = f"{party.endpoint}/{what}"
        headers = self.signer.headers(url, body, key=number, tag=_TAG, now=now.timestamp())
        headers |= {"accept": _ANSWER_TYPE, "x-road-client": CLIENT, "x-road-id": number}
        try:
            answer = web.post(url, body, headers, seconds=_TIME_LIMIT_SECONDS)
        except Unavailable:
            log.event("insurer.unavailable", request=number, status=0)
            raise
        if answer.status != HTTPStatus.OK or answer.headers.get("content-type") != _ANSWER_TYPE:
            log.event("insurer.unavailable", request=number, status=answer.status)
            raise Unavailable
        return _believed(answer.body, party, told, body, now)


def _believed(
    raw: bytes, party: Department, told: Mapping[str, object], body: bytes, now: datetime
) -> _Answer:
    try:
        answer = _Answer.model_validate_json(authentic(raw, _TYPE, party.key_id, party.public_key))
    except (NotAuthentic, ValidationError) as error:
        raise _distrusted(told, "not authentic") from error
    about = (answer.iss, answer.request_id, answer.request_hash)
    if about != (party.id, told["requestId"], request_hash(body)):
        raise _distrusted(told, "another request")
    if datetime.fromtimestamp(answer.iat, UTC) > now + _SKEW:
        raise _distrusted(told, "from the future")
    return answer


def _quote(answer: _Answer, order: Order, now: datetime) -> Quote | Declined:
    """The split, if it adds up and holds until the order can be paid. Raises Unavailable."""
    legs, until = answer.legs, answer.valid_until
    if answer.status != "quoted" or not (answer.quote_id and answer.digest and legs and until):
        raise _distrusted({"requestId": answer.request_id}, "another answer")
    if legs.total != order.total_fen or until < order.pay_by.timestamp() or until <= now.timestamp():
        raise _distrusted({"requestId": answer.request_id}, "sums or time")
    return Quote(id=answer.quote_id, digest=answer.digest, legs=legs, valid_until=until)


def _outcome(answer: _Answer, order: Order, allowed: tuple[Outcome, ...]) -> Outcome:
    """The outcome, if it is about the split that the order goes by. Raises Unavailable."""
    found = next((each for each in allowed if each == answer.status), None)
    if found is None:
        raise _distrusted({"requestId": answer.request_id}, "another answer")
    if found == "settled" and answer.legs != order.legs:
        raise _distrusted({"requestId": answer.request_id}, "another split")
    return found


def _distrusted(told: Mapping[str, object], why: str) -> Unavailable:
    log.event("insurer.distrusted", request=str(told["requestId"]), why=why)
    return Unavailable()
