"""A share: a certificate shown to somebody, for one purpose, for a while. Its states and its secret's form.

Pure data and rules: it knows no storage, and not what the certificate says.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from pydantic import AwareDatetime, Field

from chalicelib.certificates.model.labels import Label
from chalicelib.types import Model

FILE_LIFE = timedelta(minutes=5)
"""How long an address gives the file; reading again within it is the same read."""
KEEP_SHARE = timedelta(days=365)
"""How long after its end a share is still listed; the usage log has its reads for three years."""
MOST_A_DAY = 50
"""Shares that one citizen makes in a day, in Beijing."""

Form = Literal["pdf", "sd-jwt", "json"]
ShareState = Literal["standing", "used", "revoked", "over"]
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class ShareKind(StrEnum):
    """To whom: whoever has the link, or one institution."""

    LINK = "link"
    INSTITUTION = "institution"


class ShareStatus(StrEnum):
    """Where a share stands; that its time is over nobody has to write down."""

    STANDING = "standing"
    USED = "used"
    REVOKED = "revoked"


TRANSITIONS: dict[str, tuple[tuple[ShareStatus, ...], ShareStatus]] = {
    "read": ((ShareStatus.STANDING,), ShareStatus.STANDING),
    "use-up": ((ShareStatus.STANDING,), ShareStatus.USED),
    "revoke": ((ShareStatus.STANDING,), ShareStatus.REVOKED),
}
"""Event -> the states it may happen in, and the one it leads to."""


class Share(Model):
    """One share. `person_id` is the certificate's holder, `holder` their masked name where it is a family member.

    A link shows one `form`, an institution may fetch any. `used_at` are the moments of its reads, `opener` is the
    hash of what whoever opened the link last called themselves.
    """

    id: str
    kind: ShareKind
    citizen_id: str
    person_id: str
    request_id: str
    certificate_id: str
    type_id: str
    type_name: Label
    serial: str
    purpose: str = Field(repr=False)
    form: Form | None = None
    institution_id: str | None = None
    institution_name: str | None = None
    mandate_id: str | None = None
    holder: str | None = None
    status: ShareStatus
    version: int
    uses_left: int
    created_at: AwareDatetime
    ends_at: AwareDatetime
    used_at: tuple[AwareDatetime, ...] = ()
    opener: str | None = Field(default=None, repr=False)

    def standing_at(self, now: datetime) -> ShareState:
        """How it stands now; `over` where its time ran out first."""
        over = self.status is ShareStatus.STANDING and now >= self.ends_at
        return "over" if over else self.status.value

    def reading_at(self, now: datetime) -> bool:
        """Whether the last read still lasts: its file may be fetched until then."""
        return bool(self.used_at) and now < self.used_at[-1] + FILE_LIFE

    def read_at(self, now: datetime, opener: str | None = None) -> "Share":
        """This share after one more read."""
        left = self.uses_left - 1
        status = TRANSITIONS["read" if left else "use-up"][1]
        changes = {"uses_left": left, "used_at": (*self.used_at, now), "opener": opener, "status": status}
        return self.model_copy(update={**changes, "version": self.version + 1})


def is_secret(text: str) -> bool:
    """Whether this may be a link's secret at all: 256 bits, base64url."""
    return _SECRET.fullmatch(text) is not None


def hidden(text: str) -> str:
    """What is kept of a secret."""
    return sha256(text.encode()).hexdigest()
