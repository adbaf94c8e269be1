"""The catalogue of service items: a file of data each. A new item is a new file and no code.

Knows files; not applications, storage or departments' addresses.
"""

from functools import cache
from pathlib import Path

from chalicelib.matters.model.items import ServiceItem

FOLDER = Path(__file__).parent


@cache
def items() -> dict[str, ServiceItem]:
    """Every service item by its id, read on first use and checked whole."""
    return read(FOLDER)


def read(folder: Path) -> dict[str, ServiceItem]:
    """The items of a folder by their files' names. Raises ValidationError for a broken one."""
    paths = sorted(folder.glob("*.json"))
    return {path.stem: ServiceItem.model_validate_json(path.read_bytes()) for path in paths}
