"""What a citizen asks for: a batch of certificates about one person, one request each. States, ids, and no more.

Pure data and rules: it knows no storage, no department's protocol, and nothing of the paper but its id.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256

from pydantic import AwareDatetime, Field

from chalicelib.certificates.model.labels import Reason
from chalicelib.types import Model, encode_base32

_TIME_CHARACTERS = 10  # of a ULID
_BATCH_CHARACTERS, _TYPE_CHARACTERS = 10, 6
_CHANCE_BYTES = 10
NOT_PRINTABLE = "glyph-missing"
"""The one reason that says nothing about the facts."""
MOST_TYPES = 12
"""In one request: as many as anybody needs for one errand, and few enough for one transaction."""


class RequestStatus(StrEnum):
    """Where a request stands; the last three are final."""

    GATHERING = "gathering"
    DEFERRED = "deferred"
    """A department has not answered in time; it is asked again, and the statutory clock runs."""
    REVIEW = "review"
    """The type's rule wants a person to look first."""
    ISSUING = "issuing"
    ISSUED = "issued"
    REJECTED = "rejected"
    ABANDONED = "abandoned"
    """The right to ask about the holder ended before everything was there."""


ASKING = (RequestStatus.GATHERING, RequestStatus.DEFERRED)
"""Facts are still missing."""
OPEN = (*ASKING, RequestStatus.REVIEW, RequestStatus.ISSUING)
"""Something is still to be done."""

TRANSITIONS: dict[str, tuple[tuple[RequestStatus, ...], RequestStatus]] = {
    "facts-missing": ((RequestStatus.GATHERING,), RequestStatus.DEFERRED),
    "facts-contradict": (ASKING, RequestStatus.REJECTED),
    "facts-doubtful": (ASKING, RequestStatus.REVIEW),
    "facts-confirm": (ASKING, RequestStatus.ISSUING),
    "consent-ends": ((*ASKING, RequestStatus.REVIEW), RequestStatus.ABANDONED),
    "doubt-refusal": ((RequestStatus.REVIEW,), RequestStatus.REVIEW),
    "approve": ((RequestStatus.REVIEW,), RequestStatus.ISSUING),
    "refuse": ((RequestStatus.REVIEW,), RequestStatus.REJECTED),
    "issue": ((RequestStatus.ISSUING,), RequestStatus.ISSUED),
    "cannot-print": ((RequestStatus.ISSUING,), RequestStatus.REJECTED),
}
"""Event -> the states it may happen in, and the one it leads to. `doubt-refusal`: one person would refuse, and the
next one decides."""


class Grounds(Model):
    """A department's signed answer that a request rests on. `value` is None where it has no record of the person."""

    department_id: str
    fact: str
    request_id: str
    status: str
    value: dict[str, str | int | bool | None] | None = Field(repr=False)
    answered_at: AwareDatetime
    proof: str = Field(repr=False)


class Opinion(Model):
    """What somebody who reviewed a request did about it, by their id in the operators' register; `at` is RFC 3339."""

    deed: str
    by: str
    at: str
    reason: str


class Request(Model):
    """One type of certificate that a citizen asked for.

    `mandate_id` and `holder` (masked) are there only where it is about a family member. `due_by` is when the law wants
    it decided. `certificate_id` is the paper that answers it, which may answer other requests too; the serial, the
    dates and the formats are that paper's.
    """

    id: str
    batch_id: str
    citizen_id: str
    person_id: str
    type_id: str
    purpose: str = Field(repr=False)
    status: RequestStatus
    version: int
    requested_at: AwareDatetime
    due_by: AwareDatetime
    mandate_id: str | None = None
    holder: str | None = None
    escalated_at: AwareDatetime | None = None
    doubt: Reason | None = None
    opinions: tuple[Opinion, ...] = ()
    certificate_id: str | None = None
    serial: str | None = None
    issued_at: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    formats: tuple[str, ...] = ()
    reason: Reason | None = None

    @property
    def appealable(self) -> bool:
        """Whether the refusal is a decision that its department has to look at again when it is contested."""
        reason = self.reason.code if self.reason else NOT_PRINTABLE
        return self.status is RequestStatus.REJECTED and reason != NOT_PRINTABLE


class Batch(Model):
    """The requests made together: one person, one purpose, one consent, and each fact asked for once.

    `sealed` (name and identity number) and `facts` are dropped when nothing is left to do. `asked` counts how often
    the departments were asked; `due_by` is when the law wants the first of them decided.
    """

    id: str
    citizen_id: str
    person_id: str
    type_ids: tuple[str, ...]
    purpose: str = Field(repr=False)
    consent_id: str
    version: int
    asked: int = 0
    requested_at: AwareDatetime
    due_by: AwareDatetime
    mandate_id: str | None = None
    holder: str | None = None
    sealed: bytes | None = Field(default=None, repr=False)
    facts: dict[str, Grounds] = Field(default_factory=dict, repr=False)

    def values(self) -> dict[str, dict[str, str | int | bool | None]]:
        """What the departments told, by fact; of whom they have no record, nothing."""
        return {name: grounds.value for name, grounds in self.facts.items() if grounds.value is not None}


def batch_id(
    verification_id: str, type_ids: Iterable[str], purpose: str, mandate_id: str | None = None
) -> str:
    """The id of these requests: asking twice with one face verification is asking once (for each family member).

    A ULID with the verification's own time, so that a citizen's requests lie in order.
    """
    told = json.dumps([verification_id, sorted(set(type_ids)), purpose, mandate_id])
    chance = int.from_bytes(sha256(told.encode()).digest()[:_CHANCE_BYTES], "big")
    born = verification_id.rpartition("_")[2][:_TIME_CHARACTERS]
    return f"crb_{born}{encode_base32(chance, _BATCH_CHARACTERS + _TYPE_CHARACTERS)}"


def request_prefix(batch: str) -> str:
    """How the ids of a batch's requests begin: they lie together."""
    return f"crq_{batch.removeprefix('crb_')[: _TIME_CHARACTERS + _BATCH_CHARACTERS]}"


def request_id(batch: str, type_id: str) -> str:
    """The id of a batch's request for one type."""
    chance = int.from_bytes(sha256(f"{batch}\0{type_id}".encode()).digest()[:_CHANCE_BYTES], "big")
    room = 5 * _TYPE_CHARACTERS
    return f"{request_prefix(batch)}{encode_base32(chance % (1 << room), _TYPE_CHARACTERS)}"


def facts_digest(real_name: str, facts: Mapping[str, Grounds]) -> str:
    """What a certificate would say, as 64 hex digits: the same facts about the same name are the same certificate.

    Never leaves us: whoever knows the form of a fact could try its values.
    """
    told = {name: grounds.value for name, grounds in facts.items()}
    return sha256(json.dumps([real_name, told], sort_keys=True).encode()).hexdigest()
