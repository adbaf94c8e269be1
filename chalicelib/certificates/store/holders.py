"""Who was given a certificate, by whose request: items of their own, which say nothing of the paper itself."""

from dataclasses import dataclass

from chalicelib.platform.dynamo import Item, Table, commit

_HOLDER = "HOLDER#"
_MOST = 100


def _partition(certificate_id: str) -> str:
    return f"CERTIFICATE-HOLDERS#{certificate_id}"


@dataclass(frozen=True, slots=True)
class HolderStore:
    """Reads and conditional writes."""

    table: Table

    def add(self, certificate_id: str, request_id: str, citizen_id: str) -> None:
        """A request is answered with this certificate; the same one again changes nothing."""
        key = {"pk": _partition(certificate_id), "sk": f"{_HOLDER}{request_id}"}
        commit(self.table.put(key | {"citizen": citizen_id}, _stands))

    def of(self, certificate_id: str) -> dict[str, str]:
        """Request id -> citizen id, of at most 100 requests."""
        found, _ = self.table.query(_partition(certificate_id), prefix=_HOLDER, limit=_MOST)
        return {item["sk"].removeprefix(_HOLDER): item["citizen"] for item in found}


def _stands(_: Item) -> None:
    """The worker was here before."""
