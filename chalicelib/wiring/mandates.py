"""Family mandates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.config import settings
from chalicelib.platform.clock import system_clock
from chalicelib.wiring.exchange import exchange
from chalicelib.wiring.identity import faces, persons, wallets
from chalicelib.wiring.platform import core_table

if TYPE_CHECKING:
    from chalicelib.identity.model.accounts import Citizen
    from chalicelib.identity.model.persons import Person
    from chalicelib.mandates.model.mandates import Relation
    from chalicelib.mandates.service.closing import Closing
    from chalicelib.mandates.service.granting import Granting
    from chalicelib.mandates.service.mandates import Mandates
    from chalicelib.mandates.store import MandateStore


@cache
def _mandate_store() -> MandateStore:
    from chalicelib.mandates.store import MandateStore

    return MandateStore(core_table())


@cache
def family_slots() -> dict[Relation, int]:
    """How many members of each relation an agent may have here."""
    from chalicelib.mandates.model.family import parse_slots

    return parse_slots(settings().family_slots)


@cache
def mandates() -> Mandates:
    """Mandates as they stand."""
    from chalicelib.mandates.service.mandates import Mandates

    return Mandates(_mandate_store(), faces(), wallets(), system_clock)


@cache
def granting() -> Granting:
    """Granting mandates."""
    from chalicelib.mandates.service.granting import Granting

    return Granting(
        store=_mandate_store(),
        faces=faces(),
        persons=persons(),
        exchange=exchange(),
        agent=_agent,
        slots=family_slots(),
        clock=system_clock,
    )


@cache
def closing() -> Closing:
    """How mandates end."""
    from chalicelib.mandates.service.closing import Closing

    return Closing(_mandate_store(), mandates(), wallets(), system_clock)


def _agent(citizen: Citizen) -> Person:
    # Cards ask mandates, and granting one asks whose card the agent has: the room above is reached through here.
    from chalicelib.mandates.errors import PersonUnknown
    from chalicelib.wiring.cards import cards

    card = cards().owner(citizen)
    if card is None:
        raise PersonUnknown
    return faces().reveal(card.person_id, card.sealed, card.holder, card.id_number_masked)
