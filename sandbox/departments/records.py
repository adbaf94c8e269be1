"""What the departments look things up in. It must not know what they tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sandbox.bureau.cards import PhysicalCards
from sandbox.clock import BEIJING, Clock
from sandbox.fund.accounts import Accounts
from sandbox.origin.routing import Refused
from sandbox.people import People

REGION = "330100"
"""Hangzhou: every department here is the city's."""


@dataclass(frozen=True, slots=True)
class Records:
    """The people, their physical cards, which day it is, and what they have at the provident fund."""

    people: People
    cards: PhysicalCards
    clock: Clock
    fund: Accounts

    def today(self) -> date:
        """The day in Hangzhou."""
        return self.clock.now().astimezone(BEIJING).date()


def claimed(claims: Mapping[str, str], name: str) -> str:
    """What the question claims under that name; raises Refused 422 when it claims nothing."""
    if name not in claims:
        raise Refused(422, "claim-missing", f"this fact is given for a claim {name}")
    return claims[name]
