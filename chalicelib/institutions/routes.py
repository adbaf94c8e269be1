"""What institutions send us, on the wire. Every route here wants a signature (profile `sc-callback`)."""

from chalicelib import wiring
from chalicelib.errors import Invalid
from chalicelib.institutions.errors import KeyUnknown, SignatureReplayed, TopicUnknown
from chalicelib.institutions.model import AppointmentCallback, Institution
from chalicelib.platform.http import Call
from chalicelib.platform.idempotency import KeyReused
from chalicelib.types import Wire

routes = wiring.routes(__name__)

_SHORTEST_KEY, _LONGEST_KEY = 8, 128


class Acknowledged(Wire):
    """The callback is recorded and will be worked on; a repetition gets the same answer."""

    id: str


@routes.on(
    "POST",
    "/v1/callbacks/{topic}",
    status=202,
    auth=wiring.institution,
    errors=(TopicUnknown, KeyUnknown, SignatureReplayed, KeyReused),
    repeatable=True,  # the inbox itself is the record of the key
)
def receive_callback(caller: Institution, call: Call, topic: str, body: AppointmentCallback) -> Acknowledged:
    """Tell what became of an appointment."""
    key = call.headers["idempotency-key"]
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise Invalid(("/Idempotency-Key", "must have 8 to 128 characters"))
    return Acknowledged(id=wiring.institutions().receive(caller, topic, key, body).id)
