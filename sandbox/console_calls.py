"""The sandbox's own calls: who lives here, what goes wrong, what happened. It must not know any part's inside."""

from dataclasses import dataclass
from typing import Any

from sandbox.bureau.cards import PhysicalCards
from sandbox.departments.summary import summary
from sandbox.events import Events
from sandbox.faults import Faults, FaultSet
from sandbox.origin.routing import Request, Response, Route, json_response
from sandbox.people import People, Person

MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class ConsoleCalls:
    """People, faults, events, health."""

    people: People
    cards: PhysicalCards
    faults: Faults
    events: Events

    def routes(self) -> list[Route]:
        """Every one of these calls."""
        return [
            Route("GET", "/sandbox/health", self.health),
            Route("GET", "/sandbox/people", self.list_people),
            Route("GET", "/sandbox/faults", self.standing),
            Route("PUT", "/sandbox/faults", self.set_faults),
            Route("DELETE", "/sandbox/faults", self.clear_faults),
            Route("GET", "/sandbox/events", self.recent),
            Route("GET", "/sandbox/events/stream", self.stream),
        ]

    def health(self, _: Request) -> Response:
        """The sandbox answers; this says nothing about the API."""
        return json_response({"status": "ok"})

    def list_people(self, request: Request) -> Response:
        """The synthetic citizens. The cursor is where the next page starts."""
        start = request.number("cursor", 0, 10**6)
        limit = request.number("limit", MOST_PEOPLE, MOST_PEOPLE)
        everybody = self.people.everybody
        page = everybody[start : start + limit]
        following = str(start + limit) if start + limit < len(everybody) else None
        return json_response({"items": [self._person(person) for person in page], "cursor": following})

    def standing(self, _: Request) -> Response:
        """The faults that stand."""
        return _view(self.faults.now())

    def set_faults(self, request: Request) -> Response:
        """Let exactly the given faults stand."""
        return _view(self.faults.set(request.read(FaultSet)))

    def clear_faults(self, _: Request) -> Response:
        """Let none stand."""
        return _view(self.faults.set(FaultSet()))

    def recent(self, request: Request) -> Response:
        """What happened after the number in `after`."""
        return json_response({"items": self.events.recent(request.number("after", 0, 10**9))})

    def stream(self, request: Request) -> Response:
        """The same as server-sent events, from now on or from `Last-Event-ID`."""
        last = request.headers.get("Last-Event-ID") or request.query_params().get("after", "")
        after = int(last) if last.isascii() and last.isdigit() else self.events.last_number()
        headers = (("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"))
        return Response(200, headers=headers, stream=self.events.stream(after))

    def _person(self, person: Person) -> dict[str, Any]:
        card = self.cards.of(person)
        state = {"cardStatus": card.status if card else None, "deceased": self.cards.deceased(person)}
        view = person.view()
        return view | state | {"facts": view["facts"] | summary(person)}


def _view(faults: FaultSet) -> Response:
    return json_response(faults.model_dump(by_alias=True))
