"""Idempotency keys: the first answer to a POST is kept for a day and given again to its repetitions.

Follows draft-ietf-httpapi-idempotency-key-header: another payload under the same key is refused, so is a second
request while the first is under way. A claim whose process died is taken over after `_LOCK_SECONDS`.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from chalicelib.errors import AppError, Conflict, Invalid
from chalicelib.platform.dynamo import Item, Table, commit

_KEEP_SECONDS = 24 * 3600
_LOCK_SECONDS = 30


class KeyReused(Invalid):
    """The same key came with another request."""

    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for a different request"
    title_zh = "该幂等键已用于其他请求"


class RequestInFlight(Conflict):
    """The first request under this key is still being worked on."""

    code = "request-in-flight"
    title = "The same request is still being worked on; ask again shortly"
    title_zh = "相同请求正在处理中，请稍后再试"


class _Known(Exception):
    def __init__(self, record: Item) -> None:
        super().__init__()
        self.record = record


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given: status and body."""

    status: int
    body: str | bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """One request under way: its record's key and the moment it was claimed."""

    pk: str
    locked_at: int


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Remembers answers by (caller, key)."""

    table: Table

    def claim(self, caller: str, key: str, fingerprint: bytes, now: datetime) -> Kept | Claim:
        """The kept answer of an earlier request, or the right to work on this one.

        Raises KeyReused, RequestInFlight.
        """
        digest = sha256(f"{caller}\0{key}".encode()).hexdigest()
        claim = Claim(f"IDEMPOTENCY#{digest}", int(now.timestamp()))
        try:
            return self._take(claim, sha256(fingerprint).hexdigest(), stale=None)
        except _Known as known:
            return self._answer(claim, known.record, sha256(fingerprint).hexdigest())

    def _take(self, claim: Claim, fingerprint: str, stale: Item | None) -> Claim:
        item: Item = {
            "pk": claim.pk,
            "sk": "REQUEST",
            "fingerprint": fingerprint,
            "locked_at": claim.locked_at,
            "expires_at": claim.locked_at + _KEEP_SECONDS,
        }
        expect = {"locked_at": stale["locked_at"]} if stale else None

        def known(standing: Item) -> AppError | None:
            raise _Known(standing)

        commit(self.table.put(item, known, expect=expect))
        return claim

    def _answer(self, claim: Claim, record: Item, fingerprint: str) -> Kept | Claim:
        over = record["expires_at"] <= claim.locked_at  # DynamoDB removes it within days, not at once
        if not over and record["fingerprint"] != fingerprint:
            raise KeyReused
        if not over and "status" in record:
            return Kept(record["status"], record["body"])
        if record["locked_at"] + _LOCK_SECONDS > claim.locked_at:
            raise RequestInFlight
        try:
            return self._take(claim, fingerprint, stale=record)
        except _Known as error:
            raise RequestInFlight from error

    def keep(self, claim: Claim, kept: Kept) -> None:
        """Remember the answer; losing this write only means that a repetition is worked on again."""
        commit(
            self.table.update(
                {"pk": claim.pk, "sk": "REQUEST"},
                _lost,
                expect={"locked_at": claim.locked_at},
                assign={"status": kept.status, "body": kept.body},
            )
        )

    def release(self, claim: Claim) -> None:
        """Forget the claim after a failure of ours, so that the caller may try again at once."""
        commit(
            self.table.delete({"pk": claim.pk, "sk": "REQUEST"}, _lost, expect={"locked_at": claim.locked_at})
        )


def _lost(_: Item) -> None:
    """Somebody took the claim over meanwhile: their answer stands."""
