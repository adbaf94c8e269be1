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
    found = (ServiceItem.model_validate_json(path.read_bytes()) for path in sorted(FOLDER.glob("*.json")))
    return {item.id: item for item in found}
