"""The trail."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.wiring.platform import core_table

if TYPE_CHECKING:
    from chalicelib.audit.service import Audit


@cache
def audit() -> Audit:
    """The trail of status changes."""
    from chalicelib.audit.service import Audit
    from chalicelib.audit.store import AuditStore

    return Audit(AuditStore(core_table()))
