"""Consents on the wire: what one consented to, what was read by it, and taking it back."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib import wiring
from chalicelib.certificates import catalogue
from chalicelib.errors import Invalid, Unavailable
from chalicelib.exchange.errors import ConsentNotFound
from chalicelib.exchange.model.consents import Consent, ConsentStatus
from chalicelib.identity.model.accounts import Citizen
from chalicelib.platform.clock import system_clock
from chalicelib.types import Moment, Wire
from chalicelib.usage.service.wording import texts

routes = wiring.routes(__name__)


class Page(Wire):
    """`side`: what the caller `gave`, for themselves or by a mandate; or what is `about` them, whoever gave it."""

    side: Literal["gave", "about"] = "gave"
    cursor: Annotated[str, Field(max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class WordsView(Wire):
    """One text in Chinese and English."""

    zh: str
    en: str


class FactView(Wire):
    """A fact that may be read."""

    id: str
    name: WordsView


class ReadView(Wire):
    """One use: which fact was read when; `id` is the reading's in the usage log."""

    id: str
    fact: str
    at: Moment


class ConsentView(Wire):
    """A consent as it stands now. `caseId` is the request it was given with, `client` the system that may read."""

    id: str
    status: ConsentStatus
    purpose: str
    purpose_name: WordsView
    facts: list[FactView]
    client: str
    case_id: str
    mandate_id: str | None
    granted_at: Moment
    expires_at: Moment
    revoked_at: Moment | None
    uses_left: int
    uses: list[ReadView]


class ConsentList(Wire):
    """Newest first."""

    items: list[ConsentView]
    cursor: str | None


@routes.on("GET", "/v1/consents", auth=wiring.citizen, errors=(Invalid,))
def list_consents(caller: Citizen, query: Page) -> ConsentList:
    """What I consented to, or what others consented to about me."""
    consents = wiring.consents()
    listed = consents.list_given if query.side == "gave" else consents.list_about
    found, cursor = listed(caller, query.limit, query.cursor)
    return ConsentList(items=[_view(each) for each in found], cursor=cursor)


@routes.on("GET", "/v1/consents/{consent_id}", auth=wiring.citizen, errors=(ConsentNotFound,))
def get_consent(caller: Citizen, consent_id: str) -> ConsentView:
    """One consent, whatever became of it."""
    return _view(wiring.consents().get(caller, consent_id))


@routes.on(
    "DELETE",
    "/v1/consents/{consent_id}",
    status=204,
    auth=wiring.citizen,
    errors=(ConsentNotFound, Unavailable),
)
def revoke_consent(caller: Citizen, consent_id: str) -> None:
    """Withdraw a consent: nothing more is read by it. Again changes nothing."""
    wiring.consents().revoke(caller, consent_id)


def _view(consent: Consent) -> ConsentView:
    shown = consent.shown
    return ConsentView(
        id=consent.id,
        status=consent.status_at(system_clock()),
        purpose=consent.purpose,
        purpose_name=WordsView(
            zh=shown.zh if shown else consent.purpose, en=shown.en if shown else consent.purpose
        ),
        facts=[_fact(each) for each in consent.facts],
        client=consent.client,
        case_id=consent.case_id,
        mandate_id=consent.mandate_id,
        granted_at=consent.granted_at,
        expires_at=consent.expires_at,
        revoked_at=consent.revoked_at,
        uses_left=consent.uses_left,
        uses=[ReadView(id=use.request_id, fact=use.fact, at=use.at) for use in consent.uses],
    )


def _fact(fact: str) -> FactView:
    """By the name that the catalogue of certificates gives it, or the log of reads; without one it keeps its code."""
    declared = catalogue.facts().get(fact)
    known = declared.name if declared else texts().facts.get(fact)
    name = WordsView(zh=known.zh, en=known.en) if known else WordsView(zh=fact, en=fact)
    return FactView(id=fact, name=name)
