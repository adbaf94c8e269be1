"""Somewhere for the lines that a measured service logs in this very process. Never closed: the logger keeps it."""

import os
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path

_NOWHERE = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def silence() -> redirect_stdout[TextIOWrapper]:
    """Within this block nothing is printed."""
    return redirect_stdout(_NOWHERE)
