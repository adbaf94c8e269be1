"""The files of the page. It must not know what they show, and gives nothing outside their folder."""

from pathlib import Path
from urllib.parse import unquote

from sandbox.origin.routing import Refused, Request, Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Only these are served: a browser refuses a module whose type is wrong, and a guess is no type."""

PAGES_OF_IDS = [["v"]]
"""Folders whose index.html is the page of every id in it: `/v/cert_01...` verifies that certificate."""


class StaticFiles:
    """One folder, served file by file; `/` is its index.html, and so is an id. There is no directory listing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def answer(self, request: Request) -> Response:
        """The file behind the path; raises Refused 404 or 405."""
        if request.method not in {"GET", "HEAD"}:
            raise Refused(405, "method-not-allowed", "a file takes GET and HEAD")
        path = self._find(unquote(request.path))
        headers = (("Content-Type", TYPES[path.suffix]), ("Cache-Control", "no-cache"))
        return Response(200, path.read_bytes(), (*headers, ("X-Content-Type-Options", "nosniff")))

    def _find(self, path: str) -> Path:
        missing = Refused(404, "not-found", "there is no such page")
        parts = path.removeprefix("/").split("/")
        if parts[-1] == "":
            parts[-1] = "index.html"
        if any(part.startswith(".") or part == "" or set(part) & {"\\", "\0"} for part in parts):
            raise missing
        if parts[:-1] in PAGES_OF_IDS and "." not in parts[-1]:
            parts[-1] = "index.html"
        found = self._folder.joinpath(*parts).resolve()
        if not found.is_relative_to(self._folder) or found.suffix not in TYPES or not found.is_file():
            raise missing
        return found
