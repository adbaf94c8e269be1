"""A department as a party: where it is asked, whose key signs its answers, and how it may be asked. Pure data."""

from pydantic import Field

from chalicelib.types import Model

CLIENT = "CN/GOV/330100/zerotrip"
"""How the exchange layer names us (X-Road: instance/class/member/subsystem)."""

LONGEST_MILLISECONDS = 5_000


class Limits(Model):
    """How a department may be asked. Each is the department's own, so that one in trouble costs the others nothing."""

    milliseconds: int = Field(default=LONGEST_MILLISECONDS, ge=100, le=LONGEST_MILLISECONDS)
    """For one question, with all its attempts and the waiting between them."""
    attempts: int = Field(default=3, ge=1, le=5)
    """1 for a department where repeating a question is not harmless."""
    at_once: int = Field(default=4, ge=1, le=64)
    """Questions under way from one process."""


class Department(Model):
    """An authority that answers for facts: where it is asked, and the key that signs its answers (Ed25519, raw)."""

    id: str
    name_zh: str
    name_en: str
    endpoint: str
    key_id: str
    public_key: bytes
    limits: Limits = Limits()
