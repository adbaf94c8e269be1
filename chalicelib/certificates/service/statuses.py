"""The status lists' verbs: give a certificate its place, note what is not valid any more, publish, renew.

Publishing may die between any two steps and be repeated, by several workers at once: what is read is read after the
file that it shall replace was looked at, and the file is replaced only if it still is that one. So an older state never
takes the place of a newer one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.certificates.model.status import RENEWAL, Place, Status, probes
from chalicelib.certificates.status import StatusFiles
from chalicelib.certificates.store.statuses import StatusStore
from chalicelib.errors import Unavailable
from chalicelib.platform import log
from chalicelib.platform.blobs import Stored
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.platform.dynamo import Contended, Write
from chalicelib.platform.memory import Memory

_MOST_LISTS = 4
_TRIES = 3
_MEMORY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Statuses:
    """Token status lists."""

    store: StatusStore
    files: StatusFiles
    clock: Clock
    _open: Memory[int] = field(default_factory=lambda: Memory(_MEMORY), repr=False, compare=False)

    def claim_index(self, certificate_id: str) -> tuple[int, int, Write]:
        """A free place of this certificate, as list and index, and the write that takes it.

        For the transaction that makes the certificate's record, which then says where its place is. Asked again, it
        finds the same place while that is free or its own. The write is refused with StatusPlaceTaken (503) where
        another certificate was first: ask again. Raises Unavailable.
        """
        for _ in range(_MOST_LISTS):
            number = self._open_list()
            place = self._free(certificate_id, number)
            if place is not None:
                return place.number, place.index, self.store.claim(place, certificate_id)
            self.store.close(number)
            self._open.forget("")
        raise Unavailable

    def _open_list(self) -> int:
        """The open list, which is published from its first place on."""

        def begun(_: str) -> int:
            number = self.store.open_list()
            self.store.begin(number, self.clock())
            return number

        return self._open.recall("", begun, self.clock()) or begun("")

    def _free(self, certificate_id: str, number: int) -> Place | None:
        own = (None, certificate_id)
        return next((each for each in probes(certificate_id, number) if self.store.holder(each) in own), None)

    def uri(self, number: int) -> str:
        """What certificates call a list."""
        return self.files.uri(number)

    def mark(self, number: int, index: int, status: Status) -> list[Write]:
        """What the list says of a place from now on, for the transaction that decides it.

        Whoever commits it also asks for the publication (`store.statuses.publish_of`).
        """
        return self.store.mark(Place(number, index), status, self.clock())

    def read(self, number: int) -> Stored | None:
        """The signed list as it is published; None where there is none."""
        return self.files.read(number)

    def publish(self, message: Mapping[str, Any]) -> None:
        """Let everybody see a list as it stands; where they do already, nothing happens.

        `message`: an outbox message with `list`. Raises Contended where others publish it all the time, Unavailable.
        """
        number = int(message["list"])
        for _ in range(_TRIES):
            if self._published(number):
                return
        raise Contended

    def _published(self, number: int) -> bool:
        standing = self.files.published(number)  # first: what is read after it is as new as that, or newer
        version, now = self.store.version(number), self.clock()
        if version is None:
            return True
        if standing and standing.version >= version and now < standing.issued_at + RENEWAL:
            self.store.settle(number, version, standing.issued_at + RENEWAL)
            return True
        entries = self.store.entries(number)
        if not self.files.publish(number, version, entries, now, standing):
            return False
        self.store.settle(number, version, now + RENEWAL)
        log.event("status-list.published", list=number, version=version, invalid=len(entries))
        return True

    def sweep(self) -> None:
        """Ask again for whatever publication was lost, and for those that are due for their renewal."""
        now: datetime = self.clock()
        for number in while_time_lasts(self.store.due(now), self.clock):
            self.store.remind(number, now)
            log.event("status-list.reminded", list=number)
