"""The record of a reading, and by what right it was made. Pure data; never what was read."""

from datetime import datetime
from enum import StrEnum

from chalicelib.exchange.model.departments import CLIENT
from chalicelib.types import Model


class Basis(StrEnum):
    """By what right data is read (Personal Information Protection Law, article 13, paragraph 1)."""

    CONSENT = "consent"
    """Item 1: a consent that stands, with purpose, facts, uses and an end."""
    REQUEST = "own-request"
    """Items 2 and 3: the person asks for something, their face shown, that cannot be done without the reading."""
    DUTY = "statutory-duty"
    """Item 3: the law has the reading made, whoever asks (who may act for a child; what an insurance bears)."""


class Usage(Model):
    """One reading of a person's data: which fact, by whom, for what, by what right, when. Never what it said."""

    id: str
    person_id: str
    department_id: str
    fact: str
    purpose: str
    case_id: str
    read_at: datetime
    client: str = CLIENT
    basis: Basis = Basis.REQUEST
    consent_id: str | None = None
