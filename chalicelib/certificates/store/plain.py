"""Models as plain items and back. Knows no item by name."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel

from chalicelib.platform.dynamo import Item
from chalicelib.types import rfc3339


def plain(model: BaseModel) -> Item:
    """What a model says, as an item holds it; what is None is left out."""
    return {name: _stored(value) for name, value in model.model_dump(exclude_none=True).items()}


def _stored(value: Any) -> Any:  # noqa: ANN401  (whatever a model holds)
    match value:
        case datetime():
            return rfc3339(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {name: _stored(each) for name, each in value.items()}
        case list() | tuple():
            return [_stored(each) for each in value]
    return value


def moment(text: str) -> datetime:
    """The moment behind its text."""
    return datetime.fromisoformat(text).astimezone(UTC)
