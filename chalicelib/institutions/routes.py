"""What institutions send us, on the wire. Every route here wants a signature (profile `sc-callback`).

Each topic is a route of its own, so that the API's description shows what each of them wants.
"""

from typing import NoReturn

from chalicelib import wiring
from chalicelib.errors import Invalid
from chalicelib.institutions.errors import KeyUnknown, SignatureReplayed, TopicForbidden, TopicUnknown
from chalicelib.institutions.model import (
    APPOINTMENTS,
    CLINICS,
    PHYSICAL_CARDS,
    SETTLEMENTS,
    AppointmentCallback,
    ClinicCallback,
    Institution,
    PhysicalCardCallback,
    SettlementCallback,
    Told,
    Topic,
)
from chalicelib.platform.http import Call
from chalicelib.platform.idempotency import KeyReused
from chalicelib.types import Wire

routes = wiring.routes(__name__)

_SHORTEST_KEY, _LONGEST_KEY = 8, 128
_ERRORS = (TopicForbidden, KeyUnknown, SignatureReplayed, KeyReused)


class Acknowledged(Wire):
    """The callback is recorded and will be worked on; a repetition gets the same answer."""

    id: str


@routes.on(
    "POST",
    f"/v1/callbacks/{APPOINTMENTS.name}",
    status=202,
    auth=wiring.institution,
    errors=_ERRORS,
    repeatable=True,  # the inbox itself is the record of the key
)
def tell_appointment(caller: Institution, call: Call, body: AppointmentCallback) -> Acknowledged:
    """Tell what became of an appointment, as its hospital."""
    return _acknowledged(caller, call, APPOINTMENTS, body)


@routes.on(
    "POST",
    f"/v1/callbacks/{CLINICS.name}",
    status=202,
    auth=wiring.institution,
    errors=_ERRORS,
    repeatable=True,  # likewise
)
def tell_clinic(caller: Institution, call: Call, body: ClinicCallback) -> Acknowledged:
    """Tell that a clinic session is stopped or resumed, as its hospital; everybody in a stopped one is repaid."""
    return _acknowledged(caller, call, CLINICS, body)


@routes.on(
    "POST",
    f"/v1/callbacks/{PHYSICAL_CARDS.name}",
    status=202,
    auth=wiring.institution,
    errors=_ERRORS,
    repeatable=True,  # likewise
)
def tell_physical_card(caller: Institution, call: Call, body: PhysicalCardCallback) -> Acknowledged:
    """Tell how it stands with a physical card, as its bureau."""
    return _acknowledged(caller, call, PHYSICAL_CARDS, body)


@routes.on(
    "POST",
    f"/v1/callbacks/{SETTLEMENTS.name}",
    status=202,
    auth=wiring.institution,
    errors=_ERRORS,
    repeatable=True,  # likewise
)
def tell_settlement(caller: Institution, call: Call, body: SettlementCallback) -> Acknowledged:
    """Tell what was charged or reversed of an order, as its hospital; compared with the books on the next day."""
    return _acknowledged(caller, call, SETTLEMENTS, body)


@routes.on("POST", "/v1/callbacks/{topic}", status=404, auth=wiring.institution, errors=(TopicUnknown,))
def refuse_topic(caller: Institution, topic: str) -> NoReturn:  # noqa: ARG001  (whoever signs may ask)
    """Any other topic: nobody listens to it."""
    raise TopicUnknown


def _acknowledged(caller: Institution, call: Call, topic: Topic, told: Told) -> Acknowledged:
    key = call.headers["idempotency-key"]
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise Invalid(("/Idempotency-Key", "must have 8 to 128 characters"))
    return Acknowledged(id=wiring.inbox().receive(caller, topic, key, told).id)
