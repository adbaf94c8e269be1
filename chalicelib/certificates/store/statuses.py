"""Status lists as items of the core table: which places are taken, and what is not valid. Nothing else is kept.

A list's own item counts its changes. It is due from its first change that is not published, and for its renewal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.certificates.errors import StatusPlaceTaken
from chalicelib.certificates.model.status import Place, Status
from chalicelib.platform.dynamo import ABSENT, PRESENT, Item, Table, Write, commit
from chalicelib.platform.outbox import Message, message

PUBLISH = "status.publish"
_DUE = "status-list"
_ENTRY = "ENTRY#"
_DIGITS = 7
_PAGE = 1000
_OPEN = {"pk": "STATUS-LISTS", "sk": "STATUS-LISTS"}


def _list(number: int) -> str:
    return f"STATUS-LIST#{number}"


def _key(number: int) -> dict[str, str]:
    return {"pk": _list(number), "sk": "LIST"}


def _entry_key(place: Place) -> dict[str, str]:
    return {"pk": _list(place.number), "sk": f"{_ENTRY}{place.index:0{_DIGITS}}"}


def _place_key(place: Place) -> dict[str, str]:
    return {"pk": f"STATUS-PLACE#{place.number}#{place.index}", "sk": "PLACE"}


@dataclass(frozen=True, slots=True)
class StatusStore:
    """Reads and write intents."""

    table: Table

    # -- places
    def open_list(self) -> int:
        """The list in which certificates find their places now."""
        item = self.table.get(_OPEN, consistent=True)
        return int(item["open"]) if item else 1

    def close(self, number: int) -> None:
        """Let the next list be the open one; whoever comes second changes nothing."""
        expect = {"open": ABSENT if number == 1 else number}
        commit(self.table.update(_OPEN, _stands, expect=expect, assign={"open": number + 1}))

    def begin(self, number: int, now: datetime) -> None:
        """Let there be this list, and have it published; one that is there stays as it is."""
        item = _key(number) | {"number": number, "version": 0, **_due(now), "outbox": [_publish(number, 0)]}
        commit(self.table.put(item, _stands))

    def holder(self, place: Place) -> str | None:
        """Whose place it is; None for a free one."""
        item = self.table.get(_place_key(place), consistent=True)
        return str(item["certificate_id"]) if item else None

    def claim(self, place: Place, certificate_id: str) -> Write:
        """Take a place for good; refused with StatusPlaceTaken where another certificate has it."""

        def refused(standing: Item) -> StatusPlaceTaken | None:
            return None if standing.get("certificate_id") == certificate_id else StatusPlaceTaken()

        return self.table.put(_place_key(place) | {"certificate_id": certificate_id}, refused)

    # -- what is not valid
    def mark(self, place: Place, status: Status, now: datetime) -> list[Write]:
        """What a place says from now on, and that its list has changed; for the transaction that decides it."""
        entry = _entry_key(place)
        kept = (
            self.table.delete(entry, _stands, expect={})
            if status is Status.VALID
            else self.table.put(entry | {"value": int(status)}, _stands, expect={})
        )
        changed = self.table.update(
            _key(place.number), _stands, expect={"pk": PRESENT}, assign=_due(now), add={"version": 1}
        )
        return [kept, changed]

    def version(self, number: int) -> int | None:
        """How often a list has changed; None where there is none."""
        item = self.table.get(_key(number), consistent=True)
        return int(item["version"]) if item else None

    def entries(self, number: int) -> dict[int, int]:
        """Index -> status of everything in the list that is not valid, as it stands this moment."""
        return {int(item["sk"].removeprefix(_ENTRY)): int(item["value"]) for item in self._entries(number)}

    def _entries(self, number: int) -> Iterator[Item]:
        after: Item | None = None
        while True:
            found, after = self.table.query(
                _list(number), prefix=_ENTRY, limit=_PAGE, after=after, consistent=True
            )
            yield from found
            if after is None:
                return

    # -- publishing
    def settle(self, number: int, version: int, again: datetime) -> None:
        """This state is published, and the list is due `again`; where it has changed since, it stays due as it is."""
        expect = {"version": version}
        commit(self.table.update(_key(number), _stands, expect=expect, assign=_due(again)))

    def due(self, now: datetime) -> Iterator[int]:
        """The lists that are to be published, the longest due first."""
        keys = self.table.due(_DUE, int(now.timestamp()))
        return (int(key["pk"].rpartition("#")[2]) for key in keys)

    def remind(self, number: int, now: datetime) -> None:
        """Ask for a list's publication once more; it stays due until that is done."""
        second = int(now.timestamp())
        asked = {"outbox": [_publish(number, second)]}
        commit(self.table.update(_key(number), _stands, expect={"pk": PRESENT}, assign=asked))


def publish_of(certificate_id: str, version: int, number: int) -> Message:
    """Asks for the publication of a certificate's list, after its change of that version."""
    return message("certificates", PUBLISH, certificate_id, version, list=str(number))


def _publish(number: int, count: int) -> Message:
    return message("certificates", PUBLISH, _list(number), count, list=str(number))


def _due(moment: datetime) -> dict[str, object]:
    return {"due_kind": _DUE, "due_at": int(moment.timestamp())}


def _stands(_: Item) -> None:
    """It stands already, or somebody else was first: what stands is right."""
