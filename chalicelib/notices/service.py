"""Writing messages to citizens and listing them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from chalicelib.notices.errors import NoticeKindUnknown
from chalicelib.notices.model import Notice, Text
from chalicelib.notices.store import NoticeStore
from chalicelib.platform import log
from chalicelib.platform.cursor import Cursors
from chalicelib.types import follow_id

_TEXTS = Path(__file__).with_name("texts.json")


@cache
def texts() -> dict[str, Text]:
    """The catalogue: what each kind of notice says."""
    catalogue = json.loads(_TEXTS.read_bytes())
    return {kind: Text.model_validate(text) for kind, text in catalogue.items()}


@dataclass(frozen=True, slots=True)
class Notices:
    """Messages to citizens."""

    store: NoticeStore
    cursors: Cursors

    def send(self, message: Mapping[str, str]) -> None:
        """Write a notice: one conditional put. The same message again meets the same notice.

        `message`: an outbox message with `citizen`, `kind`, and each name that the kind's text leaves open. Raises
        NoticeKindUnknown.
        """
        kind = message["kind"]
        if kind not in texts():
            raise NoticeKindUnknown(("/kind", "is not in the catalogue of notices"))
        created_at = datetime.fromisoformat(message["at"])
        notice = Notice(
            id=follow_id("ntc", created_at, f"{message['id']}:{kind}"),
            citizen_id=message["citizen"],
            kind=kind,
            about=message["about"],
            created_at=created_at,
            names={name: message[name] for name in texts()[kind].names},
        )
        self.store.keep(notice)
        log.event("notice.sent", notice=notice.id, kind=kind, citizen=notice.citizen_id)

    def list_own(
        self, citizen_id: str, limit: int, cursor: str | None = None
    ) -> tuple[list[Notice], str | None]:
        """A citizen's notices, newest first, and the cursor of the next page. Raises Invalid for a foreign cursor."""
        scope = f"notices:{citizen_id}"
        notices, last = self.store.list_of(citizen_id, limit, self.cursors.open(scope, cursor))
        return notices, self.cursors.seal(scope, last)
