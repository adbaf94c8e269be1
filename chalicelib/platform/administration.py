"""An administrators' function: a JSON event in, an answer or a problem out. Knows no action and no room.

What is wrong with a request is an answer, not an exception: an exception means that the function itself is broken.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from chalicelib.errors import AppError, Invalid
from chalicelib.platform.http import problem

_R = TypeVar("_R")
_DETAIL = "The request has fields that are missing, unknown or not of their form; each is named in errors"
_DETAIL_ZH = "请求中有缺少、未知或格式不正确的字段，详见 errors"


def serve(
    event: Mapping[str, Any],
    requests: TypeAdapter[_R],
    answer: Callable[[_R], dict[str, Any]],
    place: str,
) -> dict[str, Any]:
    """The answer to an event, or the problem with it (RFC 9457) under the same names as the API's.

    `requests` is a union told apart by `action`; `place` is the problem's instance.
    """
    try:
        return answer(_parsed(event, requests))
    except AppError as error:
        told: dict[str, Any] = json.loads(problem(error, place).body)
        return told


def _parsed(event: Mapping[str, Any], requests: TypeAdapter[_R]) -> _R:
    try:
        return requests.validate_json(json.dumps(event))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        places = ((_pointer(each["loc"]), each["msg"]) for each in found)
        raise Invalid(*places, detail=_DETAIL, detail_zh=_DETAIL_ZH) from None


def _pointer(loc: tuple[int | str, ...]) -> str:
    """Where in the event; pydantic puts the action's name before it."""
    return "/" + "/".join(map(str, loc[1:] or ("action",)))
