"""Runs the errand against what is up, and shows each step: a line for a person, or an object for a program.

It must not know what a step does.
"""

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from sandbox import console
from sandbox.journey.errand import STEPS, Errand
from sandbox.visitor import StepFailed, Visitor


def run(world: Path, *, as_json: bool) -> int:
    """Do the errand against the addresses in `world`; 1 as soon as a step fails."""
    try:
        addresses = json.loads(world.read_text(encoding="utf-8"))
    except OSError:
        print("zerotrip: nothing is up, run make up first", file=sys.stderr)
        return 1
    errand = Errand(Visitor(addresses["api"], addresses["sandbox"]), random.Random())
    return 0 if all(_in_json(name, errand) if as_json else _shown(name, errand) for name in STEPS) else 1


def _in_json(name: str, errand: Errand) -> bool:
    begun = time.monotonic()
    told: dict[str, Any] = {"step": name, "ms": 0, "ok": True}
    try:
        STEPS[name](errand)
    except StepFailed as failure:
        told |= {"ok": False, "detail": str(failure)}
    told["ms"] = round((time.monotonic() - begun) * 1000)
    print(json.dumps(told, ensure_ascii=False), flush=True)
    return bool(told["ok"])


def _shown(name: str, errand: Errand) -> bool:
    try:
        with console.step(name) as line:
            line.said = STEPS[name](errand)
    except StepFailed as failure:
        print(f"    {failure}", file=sys.stderr, flush=True)
        return False
    return True
