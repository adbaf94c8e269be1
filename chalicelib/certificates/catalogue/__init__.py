"""The catalogue of certificate types: a folder of data each: `type.json` and `template.typ`.

A new type is a new folder and no code. Knows files; not requests, storage or PDF libraries.
"""

from functools import cache
from pathlib import Path

from chalicelib.certificates.model.types import CertificateType, Label, Regions

FOLDER = Path(__file__).parent


@cache
def types() -> dict[str, CertificateType]:
    """Every certificate type by its id, read on first use and checked whole."""
    found = (
        CertificateType.model_validate_json(path.read_bytes()) for path in sorted(FOLDER.glob("*/type.json"))
    )
    return {kind.id: kind for kind in found}


def template(type_id: str) -> Path:
    """The typst template of a type."""
    return FOLDER / type_id / "template.typ"


def region_name(code: str) -> Label:
    """A region's name by its six-digit code (GB/T 2260); a region we do not serve is printed by its code."""
    return _regions().get(code) or Label(zh=f"行政区划{code}", en=f"administrative division {code}")


@cache
def _regions() -> dict[str, Label]:
    return Regions.model_validate_json((FOLDER / "regions.json").read_bytes()).root
