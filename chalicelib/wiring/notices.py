"""Messages to citizens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.wiring.platform import core_table, cursors

if TYPE_CHECKING:
    from chalicelib.notices.service import Notices


@cache
def notices() -> Notices:
    """Messages to citizens."""
    from chalicelib.notices.service import Notices
    from chalicelib.notices.store import NoticeStore

    return Notices(NoticeStore(core_table()), cursors())
