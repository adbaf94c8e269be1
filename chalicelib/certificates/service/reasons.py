"""Why a certificate may be withdrawn: data in both languages, and what of it anyone is told."""

import json
from functools import cache
from pathlib import Path

from chalicelib.certificates.model.withdrawals import Why

_FILE = Path(__file__).parents[1] / "withdrawals.json"


@cache
def reasons() -> dict[str, Why]:
    """Every reason by its code."""
    return {code: Why.model_validate(told) for code, told in json.loads(_FILE.read_bytes()).items()}


def told_code(code: str | None) -> str | None:
    """The code that anyone is told for a reason; None where there is none."""
    why = reasons().get(code) if code else None
    return why.told_as or code if why else None


def told_reason(code: str | None) -> Why | None:
    """What anyone is told of a reason; None where there is none."""
    told = told_code(code)
    return reasons()[told] if told else None
