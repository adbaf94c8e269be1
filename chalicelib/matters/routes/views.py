"""How service items, the ledger and applications look on the wire. Knows models, no service."""

from datetime import datetime

from chalicelib.certificates.model.labels import Label
from chalicelib.matters.model import ledger
from chalicelib.matters.model.applications import Application, Status
from chalicelib.matters.model.items import Material, Office, ServiceItem
from chalicelib.matters.routes.wire import (
    ApplicationView,
    MaterialView,
    MatterGap,
    MatterView,
    OfficeView,
    PaidView,
    SourceGap,
    TallyView,
    TermsView,
    UsageView,
    WhyView,
    WordsOf,
)

_AGAINST = {Status.REJECTED, Status.REFUSED}


def _words(label: Label) -> WordsOf:
    return WordsOf(zh=label.zh, en=label.en)


def matter_view(item: ServiceItem) -> MatterView:
    """One item."""
    terms = item.withdrawal.terms if item.withdrawal else None
    return MatterView(
        id=item.id,
        code=item.code,
        name=_words(item.name),
        department=_office(item.department),
        legal_basis=_words(item.legal_basis),
        statutory_days=item.statutory_days,
        promised_days=item.promised_days,
        trips=item.trips,
        online=item.online,
        terms=TermsView(quota_fen=terms.quota_fen, months=terms.months) if terms else None,
        materials=[_material(each) for each in item.materials],
        tally=tally_view(ledger.tally(item.materials)),
    )


def gap_view(item: ServiceItem, usage: ledger.Usage) -> MatterGap:
    """One item in the ledger."""
    return MatterGap(
        id=item.id,
        code=item.code,
        name=_words(item.name),
        department=_office(item.department),
        materials=[_material(each) for each in item.materials],
        tally=tally_view(ledger.tally(item.materials)),
        usage=usage_view(usage),
    )


def source_view(holding: ledger.Holding) -> SourceGap:
    """One department's gap."""
    return SourceGap(department=_office(holding.office), tally=tally_view(holding.tally))


def _material(material: Material) -> MaterialView:
    return MaterialView(
        id=material.id,
        name=_words(material.name),
        source=_office(material.source),
        by=material.by,
        fact=material.fact,
        exempt=_words(material.when.otherwise) if material.when else None,
        why=_words(material.why) if material.why else None,
    )


def _office(office: Office) -> OfficeView:
    return OfficeView(id=office.id, name=_words(office.name))


def tally_view(tally: ledger.Tally) -> TallyView:
    """A count."""
    return TallyView(
        materials=tally.materials, api=tally.api, paper=tally.paper, gap_percent=tally.gap_percent
    )


def usage_view(usage: ledger.Usage) -> UsageView:
    """What cases came to."""
    return UsageView(**usage.model_dump())


def application_view(application: Application, item: ServiceItem, now: datetime) -> ApplicationView:
    """One application of its own citizen."""
    reason, payment = application.reason, application.payment
    appeal = item.terms_of().appeal if application.status in _AGAINST else None
    return ApplicationView(
        id=application.id,
        matter_id=item.id,
        matter_name=_words(item.name),
        status=application.status.value,
        submitted_at=application.submitted_at,
        due_by=application.due_by,
        overdue=application.overdue(now),
        decided_at=application.decided_at,
        asked_fen=application.asked_fen,
        amount_fen=application.amount_fen,
        fetched=application.fetched,
        on_paper=application.on_paper,
        trips=item.trips,
        consent_id=application.consent_id,
        reason=WhyView(**reason.model_dump()) if reason else None,
        appeal=_words(appeal) if appeal else None,
        payment=PaidView(**payment.model_dump()) if payment else None,
    )
