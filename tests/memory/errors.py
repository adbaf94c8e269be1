"""How the memory cloud refuses: as the SDK would raise it, or loudly where it does not know what the cloud would do."""

from collections.abc import Sequence
from typing import Any, cast

from botocore.exceptions import ClientError

Attributes = dict[str, Any]
"""An item or a map in DynamoDB's notation. Nobody changes one in place: a change makes a new one."""


class NotModelled(BaseException):
    """The memory cloud does not know this. No `except Exception` of the app's may hide that."""


def refused(operation: str, code: str, message: str = "", **told: object) -> ClientError:
    """The SDK's error for a refused call; `told` is what the answer says beyond code and message."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **told,
    }
    return ClientError(response, operation)


def invalid(message: str) -> ClientError:
    """DynamoDB refuses the request itself, whatever the item."""
    return refused("Request", "ValidationException", message)


def condition_failed(operation: str, standing: Attributes | None) -> ClientError:
    """A condition did not hold; `standing` is the item that stood there, where the request wanted to be told."""
    item = {"Item": standing} if standing else {}
    message = "The conditional request failed"
    return refused(operation, "ConditionalCheckFailedException", message, **item)


def cancelled(reasons: Sequence[ClientError | None]) -> ClientError:
    """A transaction that was undone, and why by position."""
    told = [_reason(each) for each in reasons]
    codes = ", ".join(each["Code"] for each in told)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return refused("TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=told)


_REASONS = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "ValidationException": "ValidationError",
}


def _reason(error: ClientError | None) -> dict[str, Any]:
    if error is None:
        return {"Code": "None"}
    response = cast("dict[str, Any]", error.response)
    item = {"Item": response["Item"]} if "Item" in response else {}
    return {"Code": _REASONS[response["Error"]["Code"]], "Message": response["Error"]["Message"], **item}
