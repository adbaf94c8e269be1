"""The bureau's calls: look at a physical card, change it, see what the service was told. It must not know who asks."""

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from sandbox.bureau.cards import PhysicalCard, PhysicalCards
from sandbox.bureau.feed import Feed
from sandbox.origin.routing import Refused, Request, Response, Route, Wire, json_response
from sandbox.people import CardStatus, People, Person

BASE = "/sandbox/departments/social-security"


class Change(Wire):
    """What becomes of a card, and why. The reason `deceased` says that its holder has died."""

    status: CardStatus
    reason: str | None = Field(default=None, pattern=r"^[a-z][a-z-]{0,31}$")


@dataclass(frozen=True, slots=True)
class Bureau:
    """The bureau's parts, as its calls need them."""

    people: People
    cards: PhysicalCards
    feed: Feed

    def routes(self) -> list[Route]:
        """Every call of the bureau."""
        one = f"{BASE}/physical-cards/{{user_id}}"
        return [
            Route("GET", one, self.show),
            Route("PUT", one, self.change),
            Route("GET", f"{BASE}/feed", self.list_feed),
        ]

    def show(self, request: Request) -> Response:
        """The person's card as it is."""
        person = self._person(request)
        return json_response(_view(person, _carded(self.cards.of(person))))

    def change(self, request: Request) -> Response:
        """Change the person's card, and tell the service."""
        person, wanted = self._person(request), request.read(Change)
        card = _carded(self.cards.change(person, wanted.status, wanted.reason))
        return json_response(_view(person, card) | {"feed": self.feed.announce(person, card).view()})

    def list_feed(self, _: Request) -> Response:
        """What the service was told and how it went, oldest first."""
        return json_response({"items": [event.view() for event in self.feed.every()]})

    def _person(self, request: Request) -> Person:
        person = self.people.find_user(request.params["user_id"])
        if person is None:
            raise Refused(404, "person-unknown", "nobody has that userId")
        return person


def _carded(card: PhysicalCard | None) -> PhysicalCard:
    if card is None:
        raise Refused(409, "no-card", "somebody who is not insured has no card")
    return card


def _view(person: Person, card: PhysicalCard) -> dict[str, Any]:
    return {"userId": person.user_id, **card.model_dump()}
