"""Which rooms the API has, which paths are whose, and a route table that opens a room when it is entered.

One request needs one room, so a fresh process imports that one and no other: a cold start does not grow with the
number of rooms. Whoever lists the routes (the packager, a test, the API's own description) gets all of them. Knows
paths and module names, nothing of what a room does.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import RouteEntry

    from chalicelib.platform.http import Routes

ROOMS: dict[str, tuple[str, ...]] = {
    "chalicelib.public": ("/v1/health", "/v1/openapi.json", "/.well-known/"),
    "chalicelib.identity.routes.sessions": ("/v1/sessions", "/v1/citizens"),
    "chalicelib.identity.routes.faces": ("/v1/face-verifications",),
    "chalicelib.cards.routes.cards": ("/v1/cards",),
    "chalicelib.cards.routes.terminal": ("/v1/terminal/",),
    "chalicelib.cards.routes.usages": ("/v1/usages",),
    "chalicelib.cards.routes.presences": (
        "/v1/counter-codes",
        "/v1/presences",
        "/v1/institutions/me/counter-codes",
        "/v1/institutions/me/presences",
    ),
    "chalicelib.cards.routes.licences": ("/v1/licences",),
    "chalicelib.appointments.routes.directory": ("/v1/hospitals", "/v1/slots"),
    "chalicelib.appointments.routes.appointments": ("/v1/appointments",),
    "chalicelib.appointments.routes.sanctions": ("/v1/sanctions",),
    "chalicelib.appointments.routes.schedules": ("/v1/institutions/me/schedules",),
    "chalicelib.appointments.routes.desk": ("/v1/institutions/me/appointments",),
    "chalicelib.waitlist.routes": ("/v1/waitlist-",),
    "chalicelib.payments.routes": ("/v1/payments",),
    "chalicelib.certificates.routes.types": ("/v1/certificate-types",),
    "chalicelib.certificates.routes.requests": ("/v1/certificates",),
    "chalicelib.certificates.routes.shares": ("/v1/shares", "/v1/institutions/me/shares"),
    "chalicelib.certificates.routes.verify": ("/v1/verify",),
    "chalicelib.certificates.routes.withdrawals": ("/v1/institutions/me/certificates",),
    "chalicelib.certificates.routes.status_lists": ("/v1/status-lists",),
    "chalicelib.exchange.routes.consents": ("/v1/consents",),
    "chalicelib.certificates.routes.credentials": ("/v1/credential-types",),
    "chalicelib.institutions.routes": ("/v1/callbacks",),
    "chalicelib.notices.routes": ("/v1/notices",),
    "chalicelib.mandates.routes": ("/v1/mandates",),
    "chalicelib.usage.routes": ("/v2/",),
    "chalicelib.matters.routes.matters": ("/v1/matter", "/v1/once-only"),
}
"""A room's module, and how its paths begin. `tests/architecture` compares this with what the rooms declare."""


def blueprint(room: str) -> Routes:
    """A room's routes; the room is imported if it was not."""
    routes: Routes = import_module(room).routes
    return routes


def blueprints() -> list[Routes]:
    """The routes of all rooms."""
    return [blueprint(room) for room in ROOMS]


class RouteTable(dict[str, "dict[str, RouteEntry]"]):
    """Chalice's route table, path -> method -> entry, filled room by room through `register`."""

    def __init__(self, register: Callable[[Routes], None]) -> None:
        """`register` enters one room's routes into this very table (`Chalice.register_blueprint`)."""
        super().__init__()
        self._register = register
        self._closed = dict(ROOMS)

    def __missing__(self, path: str) -> dict[str, RouteEntry]:
        """A path that was not entered yet: open its room. An unknown path has no methods."""
        for room, beginnings in self._closed.items():
            if path.startswith(beginnings):
                self._open(room)
                break
        return self.setdefault(path, {})

    def _open(self, room: str) -> None:
        del self._closed[room]
        self._register(blueprint(room))

    def _open_all(self) -> None:
        for room in list(self._closed):
            self._open(room)

    def __iter__(self) -> Iterator[str]:
        """Every path of every room."""
        self._open_all()
        return super().__iter__()

    def __len__(self) -> int:
        """How many paths all rooms have."""
        self._open_all()
        return super().__len__()

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Every path of every room."""
        return KeysView(self)

    def values(self) -> ValuesView[dict[str, RouteEntry]]:  # type: ignore[override]
        """The methods of every path."""
        return ValuesView(self)

    def items(self) -> ItemsView[str, dict[str, RouteEntry]]:  # type: ignore[override]
        """Every path with its methods."""
        return ItemsView(self)
