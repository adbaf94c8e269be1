"""What a human must look at: appointments whose hospital never answered. One item each, opened once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.cases.model import case_item
from chalicelib.platform.dynamo import Table, commit
from chalicelib.platform.outbox import Message

_SCOPE = "APPOINTMENT"


def _key(appointment_id: str) -> dict[str, str]:
    return {"pk": f"CASE#{appointment_id}", "sk": _SCOPE}


@dataclass(frozen=True, slots=True)
class CaseStore:
    """Reads and writes."""

    table: Table

    def open(
        self, appointment_id: str, hospital_id: str, kind: str, now: datetime, outbox: Sequence[Message]
    ) -> None:
        """Keep a case and send what it asks for, with one write; one that is open stays as it is."""
        item = case_item(appointment_id, _SCOPE, kind, now, hospital_id=hospital_id, outbox=list(outbox))
        commit(self.table.put(item, lambda _: None))

    def kind(self, appointment_id: str) -> str | None:
        """What is wrong with an appointment; None where nothing is."""
        item = self.table.get(_key(appointment_id), consistent=True)
        return item["kind"] if item else None
