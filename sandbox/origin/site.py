"""Who answers which part of the origin. It must not know sockets or single calls."""

from dataclasses import replace

from sandbox.origin.routing import Request, Response, RouteTable
from sandbox.origin.static_files import StaticFiles
from sandbox.origin.upstream import Upstream

API_PATHS = ("/v1/", "/v2/", "/.well-known/")


class Site:
    """The sandbox's calls under /sandbox/, the API under its own paths, the page everywhere else."""

    def __init__(self, calls: RouteTable, api: Upstream, page: StaticFiles) -> None:
        self._calls = calls
        self._api = api
        self._page = page

    def answer(self, request: Request) -> Response:
        """The answer of whoever owns the path; raises Refused."""
        if request.path.startswith("/sandbox/"):
            route, params = self._calls.find(request.method, request.path)
            return route.answer(replace(request, params=params))
        if request.path.startswith(API_PATHS):
            return self._api.answer(request)
        return self._page.answer(request)
