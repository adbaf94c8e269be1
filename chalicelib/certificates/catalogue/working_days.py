"""The years as the State Council arranged their holidays, as data: `working-days.json`.

A year's arrangement is published in the November before (2026: notice of 4 November 2025); until it is added, the days
that the law itself names count (Decree 795 of the State Council) as far as they are in the solar calendar.
"""

from functools import cache
from pathlib import Path

from chalicelib.certificates.model.working_days import Calendar


@cache
def calendar() -> Calendar:
    """Which days are worked."""
    return Calendar.model_validate_json(Path(__file__).with_name("working-days.json").read_bytes())
