"""Hospitals, pharmacies and the bureau as parties."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.config import settings
from chalicelib.errors import Forbidden
from chalicelib.platform.clock import system_clock
from chalicelib.platform.http import Auth, Call
from chalicelib.wiring.platform import code_mac, core_table, outbound_signer

if TYPE_CHECKING:
    from chalicelib.institutions.model import Institution
    from chalicelib.institutions.service.events import Events
    from chalicelib.institutions.service.inbox import Inbox
    from chalicelib.institutions.service.institutions import Institutions
    from chalicelib.institutions.store import InstitutionStore


@cache
def _institution_store() -> InstitutionStore:
    from chalicelib.institutions.store import InstitutionStore

    return InstitutionStore(core_table())


@cache
def institutions() -> Institutions:
    """Who an institution is."""
    from chalicelib.institutions.service.institutions import Institutions

    return Institutions(_institution_store(), system_clock)


@cache
def inbox() -> Inbox:
    """What institutions call back."""
    from chalicelib.institutions.service.inbox import Inbox

    return Inbox(_institution_store(), code_mac(), system_clock)


@cache
def events() -> Events:
    """What institutions are told."""
    from chalicelib.institutions.endpoint import Endpoints
    from chalicelib.institutions.service.events import Events

    return Events(_institution_store(), institutions(), Endpoints(outbound_signer()), system_clock)


def _recognise_institution(call: Call) -> Institution:
    from chalicelib.platform.signatures import Message, canonical_query

    # The authority is the configured one, because a gateway in between is called by a name of its own.
    authority, query = urlsplit(settings().public_base_url).netloc, canonical_query(call.query)
    return institutions().recognise(
        Message(call.method, authority, call.path, query, call.headers, call.body)
    )


institution = Auth("institution", _recognise_institution)


def _recognise_terminal(call: Call) -> Institution:
    from chalicelib.institutions.model import Kind

    found = _recognise_institution(call)
    if found.kind is Kind.DEPARTMENT:
        raise Forbidden
    return found


terminal = Auth("institution", _recognise_terminal)
"""Whoever may read a card that is shown to them: departments, which certify, are none of these."""
