"""Counters' codes and arrivals on the wire: the institution's side and the citizen's."""

from chalicelib import wiring
from chalicelib.cards.counter_errors import (
    CounterCodeInvalid,
    CounterCodeNotFound,
    CounterCodeWithdrawn,
    PresenceExpired,
    PresenceNotFound,
)
from chalicelib.cards.errors import CardNotFound
from chalicelib.cards.routes.decoded import DecodeView, decode_view
from chalicelib.cards.routes.presence_wire import (
    AskingView,
    CounterCodeView,
    Page,
    PresenceView,
    PutUpCounterCode,
    ReadCounterCode,
    ShareCard,
    WaitingPresences,
    asking_view,
    presence_view,
    waiting_view,
)
from chalicelib.cards.routes.refusals import STOPPED
from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.institutions.errors import SignatureReplayed
from chalicelib.institutions.model import Institution
from chalicelib.mandates.errors import MANDATE_REFUSALS

routes = wiring.routes(__name__)

_CODE = (CounterCodeInvalid, CounterCodeWithdrawn)


# -- the institution puts its code up
@routes.on(
    "POST",
    "/v1/institutions/me/counter-codes",
    status=201,
    auth=wiring.terminal,
    repeatable=True,  # one place has one code
)
def put_up_counter_code(caller: Institution, body: PutUpCounterCode) -> CounterCodeView:
    """The code to hang at a counter; the same again for the same counter and errand."""
    counter_id, code = wiring.counters().put_up(caller, body.office_id, body.device_id, body.business_type)
    return CounterCodeView(id=counter_id, code=code)


@routes.on(
    "DELETE",
    "/v1/institutions/me/counter-codes/{counter_id}",
    status=204,
    auth=wiring.terminal,
    errors=(CounterCodeNotFound,),
)
def withdraw_counter_code(caller: Institution, counter_id: str) -> None:
    """Withdraw a counter's code for good."""
    wiring.counters().withdraw(caller, counter_id)


# -- the citizen scans it
@routes.on(
    "POST", "/v1/counter-codes/read", auth=wiring.citizen, errors=(*_CODE, Unavailable), repeatable=True
)
def read_counter_code(caller: Citizen, body: ReadCounterCode) -> AskingView:  # noqa: ARG001  (any citizen may)
    """Who asks by this code, for what, and what they would learn; nothing is shared yet."""
    return asking_view(wiring.counters().read(body.code))


@routes.on(
    "POST",
    "/v1/presences",
    status=201,
    auth=wiring.citizen,
    errors=(*_CODE, CardNotFound, *STOPPED, *MANDATE_REFUSALS, Unavailable),
)
def share_card(caller: Citizen, body: ShareCard) -> PresenceView:
    """Share a card with the counter whose code was scanned; again within ten minutes, the same presence."""
    return presence_view(*wiring.presences().arrive(caller, body.card_id, body.code))


# -- the institution picks it up
@routes.on("GET", "/v1/institutions/me/presences", auth=wiring.terminal)
def list_presences(caller: Institution, query: Page) -> WaitingPresences:
    """Who scanned a code at my counters and waits."""
    found, cursor = wiring.presences().waiting(caller, query.limit, query.cursor)
    return WaitingPresences(items=[waiting_view(each) for each in found], cursor=cursor)


@routes.on(
    "GET",
    "/v1/institutions/me/presences/{presence_id}",
    auth=wiring.terminal,
    errors=(PresenceNotFound, PresenceExpired, *STOPPED, *MANDATE_REFUSALS, SignatureReplayed),
)
def pick_up_presence(caller: Institution, presence_id: str) -> DecodeView:
    """Who came, as a decoded code tells it, until the presence expires."""
    return decode_view(wiring.presences().pick_up(caller, presence_id))
