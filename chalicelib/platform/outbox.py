"""Messages that travel on the item whose change caused them, and their relay to the queues.

An item's `outbox` attribute lists messages; the table's stream shows the change, and `relay` sends what is new in
it. One write therefore both changes the state and asks for the next step; neither can be lost without the other.
At least once: the same message may be sent again, its `id` stays.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.platform import log
from chalicelib.platform.clock import system_clock
from chalicelib.platform.dynamo import from_attribute
from chalicelib.platform.queue import Queues
from chalicelib.types import rfc3339

Message = dict[str, Any]


def message(queue: str, kind: str, about: str, version: int = 1, /, **ids: str) -> Message:
    """A message for `queue`: `kind` is imperative (`certificate.issue`), `about` the id it concerns.

    `version` tells two messages of one kind about one thing apart (the item's own version). `at` is when the change
    was asked for; it stays with the message, so whatever follows from it can be made again exactly the same.
    """
    body = {"type": kind, "id": f"{kind}:{about}:{version}", "about": about, "version": version}
    return {"queue": queue, "body": {**body, "at": rfc3339(system_clock()), **ids}}


def relay(event: Mapping[str, Any], queues: Queues) -> None:
    """Send every message that the stream's records newly carry. Raises Unavailable: the stream comes again."""
    waiting: dict[str, list[Message]] = {}
    for record in event["Records"]:
        for each in _fresh(record["dynamodb"]):
            waiting.setdefault(each["queue"], []).append(each["body"])
    for queue, bodies in waiting.items():
        queues.send(queue, bodies)
        log.event("outbox.relayed", queue=queue, messages=len(bodies))


def _fresh(change: Mapping[str, Any]) -> list[Message]:
    before = {each["body"]["id"] for each in _outbox(change.get("OldImage", {}))}
    return [each for each in _outbox(change.get("NewImage", {})) if each["body"]["id"] not in before]


def _outbox(image: Mapping[str, Any]) -> list[Message]:
    messages: list[Message] = from_attribute(image["outbox"]) if "outbox" in image else []
    return messages
