"""The world outside, answering within this process: no server, no socket, the same fakes."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import urllib3

from tests.fakes import Behaviour, Received, Sent, World
from tests.memory.calls import Calls


class Nearby(World):
    """A world whose addresses only this process reaches."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._behaviours: dict[str, Behaviour] = {}
        self.origin = "http://outside.invalid"

    def close(self) -> None:
        """There is no server."""


class Pool:
    """What `platform/web.py` takes for its pool of connections; every request passes through the gate."""

    def __init__(self, calls: Calls, world: World) -> None:
        self._calls, self._world = calls, world

    def request(
        self, method: str, url: str, *, body: bytes, headers: Mapping[str, str], **_: Any
    ) -> urllib3.HTTPResponse:
        """One request and its answer."""
        lowered = {name.lower(): value for name, value in headers.items()}
        received = Received(urlsplit(url).path, lowered, body)
        sent: Sent = self._calls.pass_through("http.post", self._world.answer, {"request": received})
        content = {"Content-Type": sent.content_type}
        return urllib3.HTTPResponse(BytesIO(sent.body), content, sent.status, preload_content=False)
