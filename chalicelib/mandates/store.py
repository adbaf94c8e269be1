"""Mandates and families as items of the core table.

A mandate lies under its reference, so that a family code finds it with one read. Its agent's slots are one item: who
takes one names the version that they saw, so two at once never share one. The member's list holds what stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.mandates.model.family import Claimed, Family
from chalicelib.mandates.model.mandates import (
    TRANSITIONS,
    Action,
    Mandate,
    MandateStatus,
    Relation,
    Side,
    reference,
)
from chalicelib.platform.dynamo import ABSENT, PRESENT, Item, Table, Write
from chalicelib.platform.outbox import Message, message
from chalicelib.types import rfc3339

_DUE = "mandate.end"
_AGENTS = "AGENT#"


def _key(mandate_reference: str) -> dict[str, str]:
    return {"pk": f"MANDATE#{mandate_reference}", "sk": "MANDATE"}


def _family_key(person_id: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": "FAMILY"}


def _agent_key(mandate: Mandate) -> dict[str, str]:
    return {"pk": f"PERSON#{mandate.member_person_id}", "sk": f"{_AGENTS}{mandate.id}"}


class Changed(Unavailable):
    """Another request changed the mandate or the family since it was read: look again."""


@dataclass(frozen=True, slots=True)
class MandateStore:
    """Reads and write intents."""

    table: Table

    def find(self, mandate_reference: str) -> Mandate | None:
        """A mandate by its reference, as it stands this moment."""
        item = self.table.get(_key(mandate_reference), consistent=True)
        return _mandate(item) if item else None

    def family(self, person_id: str) -> Family:
        """An agent's slots as they are this moment."""
        item = self.table.get(_family_key(person_id), consistent=True)
        if item is None:
            return Family()
        claimed = {slot: Claimed(**each) for slot, each in item["claimed"].items()}
        return Family(claimed=claimed, version=item["version"])

    def represented(self, person_id: str) -> list[Mandate]:
        """The mandates by which others may act for this person, the oldest first."""
        items, _ = self.table.query(f"PERSON#{person_id}", prefix=_AGENTS)
        found = (self.find(reference(item["mandate_id"])) for item in items)
        return [each for each in found if each]

    def due(self, now: datetime) -> Iterator[Mandate]:
        """Mandates that have come to their end and are not closed yet."""
        keys = self.table.due(_DUE, int(now.timestamp()))
        found = (self.table.get({"pk": key["pk"], "sk": key["sk"]}, consistent=True) for key in keys)
        return (_mandate(item) for item in found if item and item["status"] == MandateStatus.ACTIVE)

    def grant(self, mandate: Mandate) -> list[Write]:
        """The mandate, its entry in the member's list, and what tells both."""
        item: Item = _key(reference(mandate.id)) | _plain(mandate)
        item |= {"due_kind": _DUE, "due_at": int(mandate.until.timestamp())}
        item |= {"outbox": _notices(mandate, "mandate-granted", "mandate-received")}
        entry = {**_agent_key(mandate), "mandate_id": mandate.id}
        return [self.table.put(item, Changed()), self.table.put(entry, Changed())]

    def keep_family(self, person_id: str, family: Family) -> Write:
        """The slots, if nobody changed them since they were seen."""
        item = _family_key(person_id) | family.model_dump()
        seen = family.version - 1
        return self.table.put(item, Changed(), expect={"version": seen} if seen else {"pk": ABSENT})

    def carries(self, mandate: Mandate, card_id: str, card_reference: str) -> Write:
        """The mandate learns which card its agent carries."""
        return self.table.update(
            _key(reference(mandate.id)),
            Changed(),
            expect={"version": mandate.version, "status": MandateStatus.ACTIVE},
            assign={"card_id": card_id, "card_reference": card_reference, "outbox": []},
            add={"version": 1},
        )

    def close(self, mandate: Mandate, event: str, by: Side | None, now: datetime) -> list[Write]:
        """Let a mandate end: it loses the member's name and number, leaves their list, and both are told."""
        sources, target = TRANSITIONS[event]
        after = mandate.model_copy(update={"version": mandate.version + 1})
        kind = f"mandate-{target}"
        ended = self.table.update(
            _key(reference(mandate.id)),
            Changed(),
            expect={"version": mandate.version, "status": sources},
            assign={
                "status": target,
                "version": after.version,
                "closed_at": rfc3339(now),
                "outbox": _notices(after, kind, kind),
                **({"closed_by": by} if by else {}),
            },
            remove=("sealed", "due_kind", "due_at"),
        )
        return [ended, self.table.delete(_agent_key(mandate), Changed(), expect={"pk": PRESENT})]


def _notices(mandate: Mandate, to_agent: str, to_member: str) -> list[Message]:
    """The agent is told in the account that holds the mandate; the member wherever their own card is."""
    told, version = mandate.id, mandate.version
    citizen, person = mandate.agent_citizen_id, mandate.member_person_id
    return [
        message("notices", "notice.send", told, version, citizen=citizen, kind=to_agent),
        message("notices", "notice.send-person", told, version, person=person, kind=to_member),
    ]


def _plain(mandate: Mandate) -> Item:
    fields = mandate.model_dump(exclude_none=True)
    return {name: rfc3339(each) if isinstance(each, datetime) else each for name, each in fields.items()}


def _mandate(item: Mapping[str, Any]) -> Mandate:
    fields = {name: item.get(name) for name in Mandate.model_fields}
    fields |= {
        "relation": Relation(item["relation"]),
        "actions": tuple(Action(each) for each in item["actions"]),
        "status": MandateStatus(item["status"]),
        "closed_by": Side(item["closed_by"]) if "closed_by" in item else None,
    }
    for name in ("granted_at", "until", "closed_at"):
        fields[name] = datetime.fromisoformat(item[name]).astimezone(UTC) if name in item else None
    return Mandate.model_validate(fields)
