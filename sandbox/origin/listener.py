"""The socket side of the origin: HTTP/1.1 on 127.0.0.1, one thread a connection.

It must not know any call: it parses, asks the origin, and writes the answer.
"""

import re
import socket
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox.origin.routing import Answer, Refused, Request, Response, problem

LARGEST_BODY = 10 * 1024 * 1024
IDLE_SECONDS = 120


class Listener(ThreadingHTTPServer):
    """Listens on one port of this machine alone and asks `answer` about each request."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.answer: Answer = _nothing_yet

    def server_bind(self) -> None:
        """Bind without the name look-up that the standard library makes for its logs."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader who left is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _nothing_yet(_: Request) -> Response:
    raise Refused(503, "starting", "the sandbox starts")


def _origin_form(target: str) -> str:
    """The target without scheme and authority: some clients write them, every server must accept them (RFC 9112)."""
    return re.sub(r"^http://[^/]*", "", target) or "/"


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Listener

    def serve(self) -> None:
        """Read one request, have it answered, write the answer."""
        try:
            response = self.server.answer(self._request())
        except Refused as refused:
            response = problem(refused.status, refused.code, refused.detail)
        except Exception:  # noqa: BLE001 - the sandbox's own fault, told as such
            traceback.print_exc(file=sys.stderr)
            response = problem(500, "sandbox-fault", "the sandbox failed; its log says how")
        self._write(response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve  # noqa: N815 - the base class's names

    def version_string(self) -> str:
        """Who answers."""
        return "zerotrip-sandbox"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing: paths may hold what no log should."""

    def _request(self) -> Request:
        path, _, query = _origin_form(self.path).partition("?")
        return Request(self.command, path, query, self.headers, self._body())

    def _body(self) -> bytes:
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            raise Refused(411, "length-required", "say Content-Length")
        length = self.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            raise Refused(413, "body-too-large", f"at most {LARGEST_BODY} bytes")
        return self.rfile.read(int(length))

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in {"date", "server"}:
                self.send_header(name, value)
        if response.stream is not None:
            self._write_stream(response)
            return
        if response.status != 204:  # noqa: PLR2004 - No Content
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _write_stream(self, response: Response) -> None:
        self.close_connection = True
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in response.stream or ():
            self.wfile.write(piece)
            self.wfile.flush()
