"""The floor of a decode: the service's own calls to DynamoDB, with the same client and arguments, and no more."""

from collections.abc import Callable
from typing import Any

from bench import decode_app
from chalicelib.platform import aws

_client: Any = aws.dynamodb()
_METHODS = {"GetItem": _client.get_item, "PutItem": _client.put_item}


def _seen() -> list[tuple[Callable[..., Any], dict[str, Any]]]:
    """The calls of one decode."""
    made: list[tuple[Callable[..., Any], dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        made.append((_METHODS[model.name], dict(params)))

    _client.meta.events.register("provide-client-params.dynamodb", note)
    decode_app.app({}, None)
    _client.meta.events.unregister("provide-client-params.dynamodb", note)
    return made


_calls = _seen()


def app(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make them again."""
    for call, arguments in _calls:
        call(**arguments)
    return {"statusCode": 201, "body": ""}
