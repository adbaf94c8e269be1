"""What the fund's payment desk is asked, on the wire. It must not know how it is answered."""

from pydantic import Field

from sandbox.origin.routing import Wire

_NUMBER = Field(min_length=1, max_length=64)


class Payee(Wire):
    """Whose account at the fund it comes out of; it goes to this person's own bank account."""

    id_number: str = Field(min_length=1, max_length=18)
    real_name: str = Field(min_length=1, max_length=64)


class Order(Wire):
    """Pay this once."""

    request_id: str = _NUMBER
    order_number: str = _NUMBER
    matter: str = _NUMBER
    case_id: str = _NUMBER
    amount_fen: int = Field(gt=0, le=10_000_000_00)
    subject: Payee
    grounds: list[str] = Field(max_length=32)


class Query(Wire):
    """What became of an order?"""

    request_id: str = _NUMBER
    order_number: str = _NUMBER
