"""The usage log on the wire: Estonia's Data Tracker, protocol of presenting usage (AJ 2.1.0), and a little more.

The contract's own fields stand as they are; `id` and what follows it in `UsageView` are ours. Two things differ,
because identity numbers stay out of addresses: the Bearer token says who asks (X-Road-UserId may repeat their citizen
id), and `userCode` is a code that we gave, one's citizen id or a mandate's. See docs/adr/0021-usage-log.md.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib import wiring
from chalicelib.certificates import catalogue
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import MANDATE_REFUSALS
from chalicelib.platform.http import Call
from chalicelib.types import Moment, Wire, id_pattern
from chalicelib.usage.errors import UsageQueryInvalid
from chalicelib.usage.model import Entry, Kind, Words
from chalicelib.usage.service.wording import action_of, name_of

routes = wiring.routes(__name__)

_OLDEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_MANDATE = "man_"
_Bound = Annotated[AwareDatetime, Field(ge=_OLDEST, lt=_LATEST)]


class FindUsage(Wire):
    """Whose reads (without `userCode` the caller's own), of which period (both ends included), which page."""

    user_code: Annotated[str, Field(pattern=f"{id_pattern('ctz')}|{id_pattern('man')}")] | None = None
    period_start: _Bound | None = None
    period_end: _Bound | None = None
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


class UsageView(Wire):
    """One read: when, why in words, and who. Names of things alone, never what was read.

    `proof` is the id under which the other side's own log has it, `sourceCode` names what was read.
    """

    logtime: Moment
    action: str
    receiver_code: str
    receiver_name: str
    receiver_system: str
    id: str
    kind: Kind
    action_en: str
    source_code: str
    purpose_code: str
    case_id: str
    proof: str


class FindUsageResponse(Wire):
    """Newest first; `totalUsages` counts the whole period, whatever the page."""

    total_usages: int
    usages: list[UsageView]


class UsagePeriodResponse(Wire):
    """From when on reads are kept; up to this moment."""

    period_start: Moment


class HeartbeatResponse(Wire):
    """Whether the log can be read."""

    status: Literal["OK", "FAIL"]
    message: str


def _view(read: Entry) -> UsageView:
    action, receiver = action_of(read, _declared), read.receiver
    return UsageView(
        logtime=read.at,
        action=action.zh,
        receiver_code=receiver.code,
        receiver_name=name_of(read),
        receiver_system=receiver.system,
        id=read.id,
        kind=read.kind,
        action_en=action.en,
        source_code=read.what,
        purpose_code=read.purpose,
        case_id=read.case_id,
        proof=read.proof,
    )


def _declared(fact: str) -> Words | None:
    """A fact's name in the catalogue of certificates."""
    known = catalogue.facts().get(fact)
    return Words(zh=known.name.zh, en=known.name.en) if known else None


@routes.on(
    "GET",
    "/v2/findUsage",
    auth=wiring.citizen,
    errors=MANDATE_REFUSALS,
    invalid=UsageQueryInvalid,
)
def find_usage(caller: Citizen, call: Call, query: FindUsage) -> FindUsageResponse:
    """Who read my data, or by a mandate my family member's. This reading is entered too."""
    _require_own(caller, call.headers.get("x-road-userid"), "/X-Road-UserId")
    mandate_id = query.user_code if (query.user_code or "").startswith(_MANDATE) else None
    _require_own(caller, None if mandate_id else query.user_code, "/userCode")
    period = query.period_start, query.period_end
    found, total = wiring.tracking().find(caller, mandate_id, period, query.offset, query.limit)
    return FindUsageResponse(total_usages=total, usages=[_view(each) for each in found])


@routes.on("GET", "/v2/usagePeriod")
def get_usage_period() -> UsagePeriodResponse:
    """For which time reads can be asked for."""
    return UsagePeriodResponse(period_start=wiring.tracking().since())


@routes.on("GET", "/v2/heartbeat")
def get_usage_heartbeat() -> HeartbeatResponse:
    """Whether the usage log answers."""
    if wiring.tracking().answers():
        return HeartbeatResponse(status="OK", message="The usage log is ready")
    return HeartbeatResponse(status="FAIL", message="The usage log cannot be read at the moment")


def _require_own(caller: Citizen, told: str | None, pointer: str) -> None:
    """A code of somebody else's is refused, like one that nobody has."""
    if told not in {None, caller.id}:
        raise UsageQueryInvalid((pointer, "is neither your citizen id nor a mandate of yours"))
