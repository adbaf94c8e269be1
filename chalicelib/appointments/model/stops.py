"""A clinic session that its hospital stopped, and how far its appointments have been ended. Pure data."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.types import Model

SECOND_LOOK = timedelta(minutes=2)
"""A hold made in the moment before the stop is on the roster after this at the latest: the roster is read again."""


class Stop(Model):
    """One stop of one session. `at_ms` (Unix ms), when the hospital's word came in, orders stops and resumptions."""

    clinic: Annotated[int, Field(ge=0)]
    at_ms: Annotated[int, Field(ge=0)]
    after: Mapping[str, str] | None = None
    """The roster's key to go on after; None: from its beginning."""
    status: Literal["ending", "ended"] = "ending"
    version: int = 1
