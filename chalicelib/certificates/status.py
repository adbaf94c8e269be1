"""Gateway to the published status lists: signs one and keeps it as a static file that anyone may have.

It must not know why a certificate is not valid, nor whose it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.certificates.model.status import BITS, LIFE, TTL, compressed, packed
from chalicelib.certificates.seal import Seal
from chalicelib.platform.blobs import Bucket, Stored
from chalicelib.platform.keys import b64url
from chalicelib.types import rfc3339

KIND = "statuslist+jwt"
CONTENT_TYPE = f"application/{KIND}"


@dataclass(frozen=True, slots=True)
class Published:
    """A list as it lies there: which of its states it shows, since when, and what tells this file from another."""

    version: int
    issued_at: datetime
    etag: str


@dataclass(frozen=True, slots=True)
class StatusFiles:
    """The files by the number of their list. `seal` is called by whoever publishes alone."""

    bucket: Bucket
    base_url: str
    seal: Callable[[], Seal]

    def uri(self, number: int) -> str:
        """What certificates call this list, and where anyone gets it."""
        return f"{self.base_url}/v1/status-lists/{number}"

    def read(self, number: int) -> Stored | None:
        """The signed list; None where there is none."""
        return self.bucket.find(_key(number))

    def published(self, number: int) -> Published | None:
        """What lies there now."""
        standing = self.bucket.standing(_key(number))
        if standing is None:
            return None
        facts = standing.facts
        issued_at = datetime.fromisoformat(facts["issued-at"]).astimezone(UTC)
        return Published(int(facts["version"]), issued_at, standing.etag)

    def publish(
        self, number: int, version: int, statuses: Mapping[int, int], now: datetime, over: Published | None
    ) -> bool:
        """Sign the list and let it take the place of `over`; False where another file came there first."""
        token = self.seal().jws(KIND, claims(self.uri(number), statuses, now))
        facts = {"version": str(version), "issued-at": rfc3339(now)}
        return self.bucket.put_over(
            _key(number), token.encode(), CONTENT_TYPE, facts, over.etag if over else None
        )


def claims(uri: str, statuses: Mapping[int, int], now: datetime) -> dict[str, object]:
    """A Status List Token's claims (section 5.1)."""
    issued = int(now.timestamp())
    return {
        "sub": uri,
        "iat": issued,
        "exp": issued + int(LIFE.total_seconds()),
        "ttl": int(TTL.total_seconds()),
        "status_list": {"bits": BITS, "lst": b64url(compressed(packed(statuses)))},
    }


def _key(number: int) -> str:
    return f"status-lists/{number}"
