"""Merges the infra fragments into the one file that `chalice package --merge-template` accepts.

Chalice applies only the last --merge-template it is given, and a YAML one turns its output into YAML. This
module knows nothing about what the fragments say; two fragments that set one thing differently are an error.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

INFRA = Path(__file__).resolve().parent


class FragmentsDisagree(ValueError):
    """Two fragments set one value differently."""


def merged(a: dict[str, Any], b: dict[str, Any], path: str = "") -> dict[str, Any]:
    """`a` and `b` as one mapping; raises FragmentsDisagree where both set a value and the values differ."""
    out = dict(a)
    for key, value in b.items():
        here = f"{path}/{key}"
        if isinstance(out.get(key), dict) and isinstance(value, dict):
            out[key] = merged(out[key], value, here)
        elif out.setdefault(key, value) != value:
            msg = f"{here} is set differently by two fragments"
            raise FragmentsDisagree(msg)
    return out


def fragments(infra: Path = INFRA) -> dict[str, Any]:
    """Every fragment of `infra` as one mapping."""
    template: dict[str, Any] = {}
    for path in sorted(infra.glob("*.yaml")):
        template = merged(template, yaml.safe_load(path.read_text(encoding="utf-8")))
    return template


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(fragments(), indent=1), encoding="utf-8")
