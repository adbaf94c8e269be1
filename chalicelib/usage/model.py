"""A read of somebody's data, as its entry in their usage log. Pure data and rules.

Every room that lets data be read makes an entry and puts it onto the item that it writes anyway: `attributes` carries
it into the index that is the log. So a read and its entry are one write, and no entry is kept twice. An entry holds
names of things and never what was read.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from chalicelib.types import Model, follow_id, rfc3339

KEEP_USAGE = timedelta(days=3 * 365)
"""The Personal Information Protection Law wants records of processing kept for three years (article 56)."""
INDEX, OF, AT, ENTRY = "usage", "usage_of", "usage_at", "usage"
"""The index, its two keys, and the attribute that it carries besides them."""

_BETWEEN = "#"
_AFTER = "$"
"""The next character after `_BETWEEN`: greater than every entry of its millisecond."""


class Kind(StrEnum):
    """What was read."""

    FACT = "fact"
    CARD = "card"
    CERTIFICATE = "certificate"
    LOG = "usage-log"


class Words(Model):
    """One text in both languages."""

    zh: str
    en: str


class Receiver(Model):
    """Who read: the party's code, its name, and the system it read with."""

    code: str
    name: str
    system: str


class Entry(Model):
    """One read. `what` names the thing read, `label` calls it in words where the reader's room has any.

    `case_id` is what the read belongs to, `proof` the id under which the other side's own log has it.
    """

    id: str
    person_id: str
    kind: Kind
    at: AwareDatetime
    what: str
    purpose: str = Field(repr=False)
    case_id: str
    receiver: Receiver
    proof: str
    label: Words | None = None


def attributes(entry: Entry) -> dict[str, object]:
    """What puts the item of a read into the log."""
    told = entry.model_dump(mode="json", exclude={"person_id", "at"}, exclude_none=True)
    return {OF: entry.person_id, AT: f"{rfc3339(entry.at)}{_BETWEEN}{entry.id}", ENTRY: told}


def entry(item: Mapping[str, Any]) -> Entry:
    """The entry in an item of the log."""
    at = datetime.fromisoformat(item[AT].partition(_BETWEEN)[0]).astimezone(UTC)
    told = item[ENTRY] | {"kind": Kind(item[ENTRY]["kind"])}
    return Entry(person_id=item[OF], at=at, **told)


def bounds(start: datetime, end: datetime) -> tuple[str, str]:
    """Between which keys of the log the entries of a period lie, both ends (to the millisecond) included."""
    return rfc3339(start), rfc3339(end) + _AFTER


def end_of_keeping(at: datetime) -> int:
    """When an entry of this moment may go (Unix seconds)."""
    return int((at + KEEP_USAGE).timestamp())


def look_id(prefix: str, at: datetime, lasts: timedelta, cause: str) -> tuple[str, datetime]:
    """The id of a look that began when `lasts` did: looking again within it is the same look. And its beginning."""
    seconds = int(lasts.total_seconds())
    began = datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)
    return follow_id(prefix, began, cause), began
