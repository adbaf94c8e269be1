"""An application as a plain item and back. Knows no table."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.certificates.model.labels import Reason
from chalicelib.matters.model.applications import Application, Ground, Payment, Status
from chalicelib.platform.dynamo import Item
from chalicelib.types import rfc3339


def plain(application: Application) -> Item:
    """What is stored of an application."""
    return {name: _stored(value) for name, value in application.model_dump(exclude_none=True).items()}


def _stored(value: Any) -> Any:  # noqa: ANN401  (any plain data)
    match value:
        case datetime():
            return rfc3339(value)
        case dict():
            return {name: _stored(each) for name, each in value.items()}
        case list() | tuple():
            return [_stored(each) for each in value]
    return value


_MOMENTS = ("submitted_at", "due_by", "decided_at")


def application_of(item: Item) -> Application:
    """The application that was stored."""
    fields = {name: item[name] for name in Application.model_fields if name in item}
    fields |= {name: _moment(item[name]) for name in _MOMENTS if name in item}
    fields["status"] = Status(item["status"])
    fields["grounds"] = tuple(
        Ground(**each | {"answered_at": _moment(each["answered_at"])}) for each in item.get("grounds", ())
    )
    if reason := item.get("reason"):
        fields["reason"] = Reason.model_validate(reason)
    if payment := item.get("payment"):
        fields["payment"] = Payment(**payment | {"paid_at": _moment(payment["paid_at"])})
    return Application(**fields)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
