"""Whoever books, pays, cancels, and asks for a certificate."""

from tests.faults.errand import Errand
from tests.faults.outside import WANG
from tests.faults.scenarios.card import bind_card, complete_scan, log_in, open_scan, scan_face


def find_slot(errand: Errand) -> None:
    """Look for free slots."""
    hospital = errand.outside.hospital.id
    query = f"hospitalId={hospital}&departmentId=dep_1&date={errand.known['day']}"
    answer = errand.ask("find slot", "GET", f"/v1/slots?{query}")
    errand.known["slot"] = answer.json["items"][2]["id"]


def hold(errand: Errand) -> None:
    """Hold the third slot."""
    body = {"slotId": errand.known["slot"], "cardId": errand.known["card"]}
    answer = errand.ask("hold", "POST", "/v1/appointments", lambda: body)
    errand.known["appointment"] = answer.json["id"]


def open_payment(errand: Errand) -> None:
    """Ask for the order whose trade the phone pays."""
    path = f"/v1/appointments/{errand.known['appointment']}/payment"
    answer = errand.ask("open payment", "POST", path)
    errand.known["order"] = answer.json["order"]["outTradeNo"]


def pay(errand: Errand) -> None:
    """Pay in the payment app; notification, booking, event and callback follow by themselves."""
    errand.outside.pay(errand.known["order"])


def pay_silently(errand: Errand) -> None:
    """Pay, and nobody tells us; the schedule asks."""
    errand.outside.pay(errand.known["order"], silently=True)
    errand.clock.turn(minutes=3)
    errand.sweep()


def pay_at_the_last_moment(errand: Errand) -> None:
    """Pay while the hold runs out, and nobody tells us; the schedule finds both."""
    errand.outside.pay(errand.known["order"], silently=True)
    outlast_the_hold(errand)


def lose_the_slot(errand: Errand) -> None:
    """The hold runs out unseen, and somebody else takes the slot."""
    errand.clock.turn(minutes=16)
    mine = dict(errand.known)
    errand.known["who"] = WANG
    for part in (log_in, open_scan, scan_face, complete_scan, bind_card, find_slot, hold):
        part(errand)
        errand.rest()
    errand.known.clear()
    errand.known.update(mine)


def let_the_hospital_wait(errand: Errand) -> None:
    """The hospital leaves its events unread: what it does with them, another scenario disturbs."""
    errand.outside.deeds.hospital_says = ""


def be_rejected(errand: Errand) -> None:
    """The hospital reads its events at last, and will not have this patient."""
    errand.outside.deeds.hospital_says = "rejected"
    for webhook_id in list(errand.outside.deeds.events):
        errand.call_back(webhook_id)


def cancel(errand: Errand) -> None:
    """Cancel the appointment."""
    errand.ask("cancel", "POST", f"/v1/appointments/{errand.known['appointment']}/cancel")


def request_certificate(errand: Errand) -> None:
    """Request the certificate; the queue does the rest."""
    body = {
        "types": ["no-house"],
        "verificationId": errand.known["verification"],
        "purpose": "school-enrolment",
    }
    answer = errand.ask("request certificate", "POST", "/v1/certificates", lambda: body)
    errand.known["certificate"] = answer.json["items"][0]["id"]


def download(errand: Errand) -> None:
    """Ask where the file is."""
    errand.ask("download", "GET", f"/v1/certificates/{errand.known['certificate']}/download")


def outlast_the_hold(errand: Errand) -> None:
    """Nobody pays; the schedule finds the hold."""
    errand.clock.turn(minutes=16)
    errand.sweep()


def be_revoked(errand: Errand) -> None:
    """The department that issued the certificate revokes it; the list is published by itself."""
    own = errand.ask("look for its id", "GET", f"/v1/certificates/{errand.known['certificate']}").json
    errand.known["paper"] = own["certificateId"]
    path = f"/v1/institutions/me/certificates/{own['certificateId']}/revoke"
    errand.tell("revoke certificate", errand.outside.registrar, "POST", path, {"reason": "facts-changed"})
