"""The API behind the origin: requests go there as they came and answers come back as they are.

It must not read, follow or change what it passes on: signatures cover the bytes.
"""

import http.client
import select
from collections.abc import Iterable
from threading import Lock
from urllib.parse import urlsplit

from sandbox.origin.routing import Request, Response, problem

HOP_BY_HOP = {
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
TIMEOUT_SECONDS = 60.0
IDLE_CONNECTIONS = 32


class Upstream:
    """A client of the API that keeps its connections alive."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        self._host = parts.netloc
        self._address = (_address(parts.hostname or "127.0.0.1"), parts.port or 80)
        self._prefix = parts.path.rstrip("/")
        self._lock = Lock()
        self._idle: list[http.client.HTTPConnection] = []
        self._closed = False

    def answer(self, request: Request) -> Response:
        """What the API answers; 503 when it cannot be reached, 504 when it takes too long."""
        try:
            return self._forward(request)
        except TimeoutError:
            return problem(504, "api-timeout", f"the API did not answer within {TIMEOUT_SECONDS:.0f} s")
        except (OSError, http.client.HTTPException):
            return problem(503, "api-unreachable", "the API does not answer")

    def close(self) -> None:
        """Let go of the idle connections, and keep none from now on."""
        with self._lock:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _forward(self, request: Request) -> Response:
        connection = self._connection()
        try:
            self._send(connection, request)
            answer = connection.getresponse()
            body = answer.read()
        except BaseException:
            connection.close()
            raise
        self._release(connection, reusable=not answer.will_close)
        return Response(answer.status, body, tuple(_end_to_end(answer.getheaders())))

    def _send(self, connection: http.client.HTTPConnection, request: Request) -> None:
        target = self._prefix + request.path + (f"?{request.query}" if request.query else "")
        connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self._host)
        connection.putheader("X-Forwarded-Host", request.headers.get("Host", ""))
        for name, value in _end_to_end(request.headers.items()):
            connection.putheader(name, value)
        if "Accept" not in request.headers:
            # The same said aloud (RFC 9110, 12.5.1): without it the embedded gateway would send bytes as base64.
            connection.putheader("Accept", "*/*")
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)

    def _connection(self) -> http.client.HTTPConnection:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if _alive(connection):
                    return connection
                connection.close()
        return http.client.HTTPConnection(*self._address, timeout=TIMEOUT_SECONDS)

    def _release(self, connection: http.client.HTTPConnection, *, reusable: bool) -> None:
        with self._lock:
            if reusable and not self._closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


def _address(host: str) -> str:
    """Names under localhost are this machine (RFC 6761), whether or not the resolver knows."""
    return "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host


def _alive(connection: http.client.HTTPConnection) -> bool:
    """An idle connection with something to read was closed by the other side."""
    return connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]


def _end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
