"""What each function besides the API does: which job a message asks for, what follows from a stream, the sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.wiring.appointments import (
    moving,
    paying,
    projection,
    sanctions,
    striking,
    sweeping,
)
from chalicelib.wiring.audit import audit
from chalicelib.wiring.cards import cards, life
from chalicelib.wiring.cases import cases
from chalicelib.wiring.certificates import certificate_sweeping, issuing, statuses
from chalicelib.wiring.institutions import events, inbox
from chalicelib.wiring.mandates import closing
from chalicelib.wiring.matters import proceeding
from chalicelib.wiring.notices import notices
from chalicelib.wiring.payments import ledger
from chalicelib.wiring.platform import payment_app_certificates, queues
from chalicelib.wiring.reconciliation import settlements
from chalicelib.wiring.supply import (
    desk,
    schedules,
    stopping,
)
from chalicelib.wiring.waitlist import follow_up, matching, settle, waitlist_sweeping

if TYPE_CHECKING:
    from chalicelib.platform.queue import Job


_DEATH = "deceased"
"""Why a physical card was cancelled, in the bureau's word."""


def _issue_certificate(message: Mapping[str, Any]) -> None:
    issuing().issue(message["citizen"], message["about"])


def _end_requests(message: Mapping[str, Any]) -> None:
    issuing().withdrawn(message["citizen"], message["case"])


def certificate_jobs() -> Mapping[str, Job]:
    """What the certificates queue asks for."""
    return {
        "certificate.issue": _issue_certificate,
        "consent.ended": _end_requests,
        "status.publish": statuses().publish,
    }


def _acknowledge_appointment(message: Mapping[str, Any]) -> None:
    told = inbox().callback(message["about"])
    desk().acknowledge(told.institution_id, **told.body)


def _announce_clinic(message: Mapping[str, Any]) -> None:
    told, at = inbox().callback(message["about"]), datetime.fromisoformat(message["at"])
    starts_at = datetime.fromisoformat(told.body["starts_at"])
    stopping().announce(told.institution_id, told.body["practitioner_id"], starts_at, told.body["action"], at)


def _record_settlement(message: Mapping[str, Any]) -> None:
    told = inbox().callback(message["about"])
    settlements().record(told.institution_id, told.body)


def _mirror_card(message: Mapping[str, Any]) -> None:
    told = inbox().callback(message["about"]).body
    if told["reason"] == _DEATH:
        # First the mandates: the card, once cancelled, no longer tells whose it was, and the message may come again.
        person = life().holder_of(told["physical_ref"])
        if person:
            closing().end_all(person)
    life().mirror(told)


def _proceed_matter(message: Mapping[str, Any]) -> None:
    proceeding().proceed(message["citizen"], message["about"])


def event_jobs() -> Mapping[str, Job]:
    """What the events queue asks for."""
    return {
        "event.deliver": events().deliver,
        "appointment.acknowledge": _acknowledge_appointment,
        "clinic.announce": _announce_clinic,
        "clinic.end": stopping().work,
        "schedule.follow": schedules().work,
        "card.mirror": _mirror_card,
        "settlement.record": _record_settlement,
        "noshow.count": striking().count,
        "slot.returned": moving().returned,
        "waitlist.match": matching().match,
        "matter.proceed": _proceed_matter,
    }


def payment_jobs() -> Mapping[str, Job]:
    """What the payments queue asks for."""
    return {
        "payment.settle": settle,
        "payment.follow": follow_up,
        "ledger.post": ledger().post,
        "case.settle": cases().settle_told,
        "appointment.book": paying().book_held,
    }


def _tell_person(message: Mapping[str, Any]) -> None:
    """A notice for whoever has this person's own card; without an account there is nobody to tell."""
    citizen = cards().account_of(message["person"])
    if citizen:
        notices().send({**message, "citizen": citizen})


def notice_jobs() -> Mapping[str, Job]:
    """What the notices queue asks for."""
    return {"notice.send": notices().send, "notice.send-person": _tell_person}


def project_clinics(event: Mapping[str, Any]) -> None:
    """What follows from every change of a clinic session."""
    projection().follow(event)


def relay(event: Mapping[str, Any]) -> None:
    """What follows from every change of the core table: its messages, and its audit entry."""
    from chalicelib.platform import outbox

    outbox.relay(event, queues())
    audit().record(event)


def sweep() -> None:
    """Pick up every intent that stayed open. Trouble in one room does not keep another from its own."""
    rooms = (
        sweeping().sweep,
        waitlist_sweeping().sweep,
        sanctions().sweep,
        stopping().sweep,
        schedules().sweep,
        certificate_sweeping().sweep,
        statuses().sweep,
        closing().sweep,
        proceeding().sweep,
        _watch_certificates,
    )
    troubles = [trouble for each in rooms if (trouble := _trouble(each))]
    if troubles:
        raise ExceptionGroup("sweep", troubles)


def _watch_certificates() -> None:
    """Measure how long the payment app's certificates hold; an alarm reads it."""
    trust = payment_app_certificates()
    if trust:
        trust.watch()


def _trouble(sweep_room: Callable[[], None]) -> Exception | None:
    try:
        sweep_room()
    except Exception as error:  # noqa: BLE001  (raised again, together with the others')
        return error
    return None
