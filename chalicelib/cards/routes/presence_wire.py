"""Counters' codes and arrivals: bodies and views. It must not know what becomes of them."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.cards.model.counters import Arrival, Asking
from chalicelib.cards.model.decoding import ERRANDS, Attribute, BusinessType
from chalicelib.types import Moment, Wire

_Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
_Code = Annotated[str, Field(min_length=1, max_length=200)]


class PutUpCounterCode(Wire):
    """Where the code shall hang, in the institution's own ids, and what for."""

    office_id: _Label
    device_id: _Label
    business_type: BusinessType


class CounterCodeView(Wire):
    """A code to print as a QR; never trim it, a space may be its last character."""

    id: str
    code: str


class ReadCounterCode(Wire):
    """A scanned counter's code."""

    code: _Code


class ShareCard(Wire):
    """The card that the caller shows at the counter whose code they scanned."""

    card_id: Annotated[str, Field(min_length=1, max_length=64)]
    code: _Code


class AskingInstitution(Wire):
    """Who asks."""

    id: str
    name: str


class PurposeView(Wire):
    """What for."""

    zh: str
    en: str


class AskingView(Wire):
    """Who asks, for what, and which attributes they would get, by name: to be shown before anything is shared."""

    institution: AskingInstitution
    office_id: str
    business_type: BusinessType
    purpose: PurposeView
    attributes: list[Attribute]


class PresenceView(AskingView):
    """What was shared with whom, until when they may pick it up."""

    id: str
    expires_at: Moment


class Page(Wire):
    """Which part of a list."""

    cursor: Annotated[str, Field(max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class WaitingPresence(Wire):
    """Somebody waits at a counter: by whose masked name to call them."""

    id: str
    office_id: str
    device_id: str
    business_type: BusinessType
    holder: str
    arrived_at: Moment
    expires_at: Moment


class WaitingPresences(Wire):
    """Newest first."""

    items: list[WaitingPresence]
    cursor: str | None


def waiting_view(arrival: Arrival) -> WaitingPresence:
    """Who waits."""
    return WaitingPresence(**{name: getattr(arrival, name) for name in WaitingPresence.model_fields})


def asking_view(asking: Asking) -> AskingView:
    """Who asks, and for what."""
    return AskingView(**_asked(asking))


def presence_view(arrival: Arrival, asking: Asking) -> PresenceView:
    """What was shared."""
    return PresenceView(id=arrival.id, expires_at=arrival.expires_at, **_asked(asking))


def _asked(asking: Asking) -> dict[str, Any]:
    counter, errand = asking.counter, ERRANDS[asking.counter.business_type]
    return {
        "institution": AskingInstitution(id=counter.institution_id, name=asking.institution_name),
        "office_id": counter.office_id,
        "business_type": counter.business_type,
        "purpose": PurposeView(zh=errand.zh, en=errand.en),
        "attributes": list(errand.attributes),
    }
