"""The same request through our platform: typed route, write intent, structured log line, EMF metric."""

from chalice.app import Chalice

from chalicelib import wiring
from chalicelib.errors import Conflict
from chalicelib.platform import http
from chalicelib.platform.dynamo import PRESENT, commit
from chalicelib.types import Wire

routes = wiring.routes(__name__)


class Reservation(Wire):
    """What is asked for."""

    slot_id: str
    card_id: str
    places: int
    phone: str | None = None


class Reserved(Wire):
    """What became of it."""

    slot_id: str
    holder: str
    places: int


@routes.on("POST", "/v1/reservations", status=201, errors=(Conflict,))
def reserve(body: Reservation) -> Reserved:
    """Reserve a slot."""
    item = commit(
        wiring.core_table().update(
            {"pk": f"SLOT#{body.slot_id}", "sk": "SLOT"},
            Conflict(),
            expect={"pk": PRESENT},
            assign={"card_id": body.card_id, "places": body.places},
        )
    )
    return Reserved(slot_id=body.slot_id, holder=item["holder"], places=body.places)


app = Chalice(app_name="zerotrip", configure_logs=False)
app.register_middleware(http.normalise, "http")
app.register_blueprint(routes)
