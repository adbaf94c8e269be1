"""The catalogue of certificate types as data: a folder with a `type.json` each, and the facts they need in `facts/`.

A new type is a new folder and no code. Knows files; not requests, storage or PDF libraries.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.certificates.model.facts import Need
from chalicelib.certificates.model.types import CertificateType, Label, Regions

FOLDER = Path(__file__).parent


@cache
def types() -> dict[str, CertificateType]:
    """Every certificate type by its id, read on first use and checked whole."""
    return read(FOLDER)


def read(folder: Path) -> dict[str, CertificateType]:
    """The types of a catalogue by their ids. Raises ValueError for a broken file, LookupError for an unknown fact."""
    facts = {path.stem: _fact(path) for path in folder.glob("facts/*.json")}
    found = [_type(_json(path), facts) for path in sorted(folder.glob("*/type.json"))]
    return {kind.id: kind for kind in found}


@cache
def facts() -> dict[str, Need]:
    """Every fact that is declared, by its name, whether or not a type needs it."""
    return {path.stem: Need.model_validate(_fact(path)) for path in FOLDER.glob("facts/*.json")}


def template(type_id: str) -> Path:
    """The typst template of a type: its own, where it has one, or that of all."""
    own = FOLDER / type_id / "template.typ"
    return own if own.is_file() else FOLDER / "certificate.typ"


def region_name(code: str) -> Label:
    """A region's name by its six-digit code (GB/T 2260); a region we do not serve is printed by its code."""
    return _regions().get(code) or Label(zh=f"行政区划{code}", en=f"administrative division {code}")


def _type(written: dict[str, Any], facts: dict[str, Any]) -> CertificateType:
    """A type as it is written, with the declarations of the facts that it names."""
    return CertificateType.model_validate(
        written | {"needs": [facts[fact] for fact in written.get("needs", ())]}
    )


def _fact(path: Path) -> dict[str, Any]:
    """A fact's declaration; a region's code reads as its name."""
    written = _json(path)
    for field in written["fields"].values():
        if field["kind"] == "region":
            field["names"] = _regions()
    return {"fact": path.stem, **written}


def _json(path: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(path.read_bytes())
    return written


@cache
def _regions() -> dict[str, Label]:
    return Regions.model_validate_json((FOLDER / "regions.json").read_bytes()).root
