"""Whoever acts for a family member: grants, carries the card, revokes, lets the mandate run out."""

from datetime import timedelta

from chalicelib.types import rfc3339
from tests.faults.errand import Errand
from tests.faults.outside import LI, WANG, ZHANG
from tests.faults.scenarios.card import complete_scan, open_scan, scan_face

_ACTIONS = ["cards", "appointments", "certificates", "usage-log"]


def scan_the_elder(errand: Errand) -> None:
    """The elder's face, scanned on the citizen's phone."""
    errand.clock.turn(seconds=2)  # so that ids of what is theirs come after ids of what is mine, in every run
    mine = errand.known["verification"]
    errand.known["who"] = WANG
    for part in (open_scan, scan_face, complete_scan):
        part(errand)
        errand.rest()
    errand.known["elders_verification"] = errand.known["verification"]
    errand.known["who"], errand.known["verification"] = ZHANG, mine


def grant(errand: Errand) -> None:
    """Act for the elder, for a day."""
    until = errand.known.setdefault("mandate_until", errand.clock() + timedelta(days=1))
    body = {
        "relation": "elder",
        "actions": _ACTIONS,
        "verificationId": errand.known["elders_verification"],
        "until": rfc3339(until),
    }
    answer = errand.ask("grant", "POST", "/v1/mandates", lambda: body)
    errand.known["mandate"] = answer.json["id"]


def grant_for_child(errand: Errand) -> None:
    """Act for one's child, on the strength of one's own face and the registry's word."""
    body = {
        "relation": "child",
        "actions": _ACTIONS,
        "member": {"realName": LI.name, "idNumber": LI.number},
    }
    answer = errand.ask("grant for child", "POST", "/v1/mandates", lambda: body)
    errand.known["mandate"] = answer.json["id"]


def carry_card(errand: Errand) -> None:
    """Carry the family member's card."""
    body = {"mandateId": errand.known["mandate"]}
    answer = errand.ask("carry card", "POST", "/v1/cards", lambda: body)
    errand.known["card"] = answer.json["id"]


def revoke(errand: Errand) -> None:
    """End the mandate."""
    errand.ask("revoke", "DELETE", f"/v1/mandates/{errand.known['mandate']}")


def let_the_mandate_end(errand: Errand) -> None:
    """The day is over; the schedule finds it."""
    errand.clock.turn(minutes=24 * 60 + 5)
    errand.sweep()


def request_their_certificate(errand: Errand) -> None:
    """Request a certificate about the elder."""
    body = {
        "types": ["no-house"],
        "verificationId": errand.known["verification"],
        "purpose": "school-enrolment",
        "subject": {"mandateId": errand.known["mandate"]},
    }
    answer = errand.ask("request their certificate", "POST", "/v1/certificates", lambda: body)
    errand.known["certificate"] = answer.json["items"][0]["id"]
