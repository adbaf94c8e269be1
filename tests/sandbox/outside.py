"""What the sandbox's tests need around it: a held clock, workers that do not wait, and an API that records."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.client import HTTPConnection, HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from sandbox.background import Job, Workers


class HeldClock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def turn(self, **by: float) -> None:
        self.moment += timedelta(**by)


class Inline(Workers):
    """Runs each job before it returns."""

    def __init__(self) -> None:
        pass

    def run(self, job: Job) -> None:
        job()

    def stop(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as the API saw it."""

    method: str
    target: str
    headers: Message
    body: bytes


Answered = tuple[int, dict[str, str], bytes]
Behaviour = Callable[[Seen], Answered]


@dataclass(slots=True)
class Api:
    """An API that answers as a test tells it; what it was not told of is a 404."""

    seen: list[Seen] = field(default_factory=list)
    behaviours: dict[tuple[str, str], Behaviour] = field(default_factory=dict)
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        api = self

        class Connection(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, content = api.answer(Seen(self.command, self.path, self.headers, body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815 - the base class's names

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
        self.server.daemon_threads = True
        Thread(target=lambda: self.server.serve_forever(poll_interval=0.02), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def on(self, method: str, path: str, behaviour: Behaviour | tuple[int, Any]) -> str:
        """Let `path` be answered by a function, or always by a status and JSON; returns its address."""
        if isinstance(behaviour, tuple):
            status, body = behaviour
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.behaviours[method, path] = lambda _: (status, {"Content-Type": "application/json"}, content)
        else:
            self.behaviours[method, path] = behaviour
        return self.url + path

    def at(self, path: str) -> list[Seen]:
        return [each for each in self.seen if each.target.partition("?")[0] == path]

    def answer(self, seen: Seen) -> Answered:
        self.seen.append(seen)
        behaviour = self.behaviours.get((seen.method, seen.target.partition("?")[0]))
        return behaviour(seen) if behaviour else (404, {}, b"")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who calls the origin; each call has a connection of its own."""

    port: int

    def get(self, target: str, **headers: str) -> Reply:
        return self.call(
            "GET", target, b"", {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def post(self, target: str, body: Any = None) -> Reply:
        return self.call(
            "POST", target, json.dumps(body or {}).encode(), {"Content-Type": "application/json"}
        )

    def put(self, target: str, body: Any) -> Reply:
        return self.call("PUT", target, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def call(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, target, body or None, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


def eventually(look: Callable[[], bool]) -> None:
    """Wait until it holds, for ten seconds at most."""
    deadline = time.monotonic() + 10
    while not look():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
