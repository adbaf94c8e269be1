"""What the insurer is asked, on the wire. It must not know how it is answered."""

from datetime import datetime

from pydantic import Field

from sandbox.origin.routing import Wire

_NUMBER = Field(min_length=1, max_length=64)


class PreSettlement(Wire):
    """Who would bear this fee?"""

    request_id: str = _NUMBER
    business_type: str
    institution_id: str = Field(min_length=1, max_length=64)
    card_number: str = Field(min_length=9, max_length=9)
    region: str = Field(pattern=r"^\d{6}$")
    total_fen: int = Field(gt=0, le=10_000_000_00)
    pay_by: datetime


class Settlement(Wire):
    """Settle exactly this pre-settlement."""

    request_id: str = _NUMBER
    quote_id: str = _NUMBER
    digest: str = Field(min_length=1, max_length=128)
    cash_trade_no: str | None = Field(default=None, max_length=64)


class Query(Wire):
    """What became of a settlement?"""

    request_id: str = _NUMBER
    settlement_id: str = _NUMBER


class Parts(Wire):
    """The insured legs."""

    gov: int = Field(ge=0)
    acct: int = Field(ge=0)
    other: int = Field(ge=0)


class Reversal(Wire):
    """Undo these legs of a settlement; without legs all of it, even where it is yet to come."""

    request_id: str = _NUMBER
    settlement_id: str = _NUMBER
    legs: Parts | None
