"""Service items, the once-only ledger (both public) and a citizen's applications on the wire."""

from chalicelib import wiring
from chalicelib.identity.errors import FACE_REFUSALS
from chalicelib.identity.model.accounts import Citizen
from chalicelib.matters.errors import (
    ApplicationNotFound,
    ApplicationUnderWay,
    MatterNotFound,
    MatterNotOnline,
)
from chalicelib.matters.model import ledger
from chalicelib.matters.model.applications import Application
from chalicelib.matters.routes import views
from chalicelib.matters.routes.wire import (
    ApplicationList,
    ApplicationView,
    AppliedView,
    ApplyForMatter,
    MatterList,
    MatterView,
    OnceOnlyLedger,
    PageOf,
)
from chalicelib.platform.clock import system_clock

routes = wiring.routes(__name__)

_POLL_SECONDS = 2


@routes.on("GET", "/v1/matters")
def list_matters() -> MatterList:
    """The service items."""
    return MatterList(items=[views.matter_view(each) for each in wiring.matters().items()])


@routes.on("GET", "/v1/matters/{matter_id}", errors=(MatterNotFound,))
def get_matter(matter_id: str) -> MatterView:
    """One service item: what it asks for, who decides, within which time."""
    return views.matter_view(wiring.matters().item(matter_id))


@routes.on("GET", "/v1/once-only")
def get_once_only_ledger() -> OnceOnlyLedger:
    """Which material each service item still asks for on paper."""
    items, usages = wiring.matters().items(), wiring.matters().usage()
    nothing = ledger.Usage()
    return OnceOnlyLedger(
        tally=views.tally_view(ledger.tally(material for item in items for material in item.materials)),
        usage=views.usage_view(ledger.total(usages)),
        departments=[views.source_view(each) for each in ledger.by_source(items)],
        items=[views.gap_view(each, usages.get(each.id, nothing)) for each in items],
    )


@routes.on(
    "POST",
    "/v1/matters/{matter_id}/applications",
    status=202,
    auth=wiring.citizen,
    errors=(MatterNotFound, MatterNotOnline, ApplicationUnderWay, *FACE_REFUSALS),
)
def apply_for_matter(caller: Citizen, body: ApplyForMatter, matter_id: str) -> AppliedView:
    """Apply; facts are gathered, the rules decide and money is ordered meanwhile."""
    made = wiring.applying().apply(caller, matter_id, body.verification_id, body.amount_fen)
    return AppliedView(id=made.id, status=made.status.value, interval=_POLL_SECONDS)


@routes.on("GET", "/v1/matter-applications", auth=wiring.citizen)
def list_matter_applications(caller: Citizen, query: PageOf) -> ApplicationList:
    """My applications."""
    found, cursor = wiring.applying().list_own(caller, query.cursor, query.limit)
    return ApplicationList(items=[_view(each) for each in found], cursor=cursor)


@routes.on(
    "GET", "/v1/matter-applications/{application_id}", auth=wiring.citizen, errors=(ApplicationNotFound,)
)
def get_matter_application(caller: Citizen, application_id: str) -> ApplicationView:
    """One of my applications."""
    return _view(wiring.applying().get(caller, application_id))


def _view(application: Application) -> ApplicationView:
    item = wiring.matters().item(application.item_id)
    return views.application_view(application, item, system_clock())
