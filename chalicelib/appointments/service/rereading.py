"""Doing again, on the record as it stands now, what met a record that had just changed.

A citizen's deed and a hospital's word cross now and then; neither is a reason to send the citizen away.
"""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.appointments.errors import ChangedMeanwhile

_Done = TypeVar("_Done")
_ROUNDS = 3
"""Tries: few others change a record at all, and each of them does so once."""


def rereading(deed: Callable[[], _Done]) -> _Done:
    """What `deed` gives, which reads the record itself. Raises what it raises, ChangedMeanwhile at last."""
    for _ in range(_ROUNDS - 1):
        try:
            return deed()
        except ChangedMeanwhile:
            continue
    return deed()
