"""The errand as scenarios: each use-case of it, with everything before it done undisturbed.

What a scenario spares, it says why; nothing else may differ from the undisturbed run.
"""

import json
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import parse_qs, urlsplit

from chalicelib import wiring
from chalicelib.appointments.model.directory import Department, Hospital, Practitioner, Session
from chalicelib.exchange.model import Department as RegisteredDepartment
from chalicelib.institutions.model import Kind, Registration
from chalicelib.types import CHINA
from tests.certificates import trust_documents
from tests.fakes import unb64
from tests.faults.errand import Act, Errand, Scenario
from tests.faults.outside import WANG, ZHANG, Somebody
from tests.faults.state import Detour, Spare

_codes = count(1)
_DECODE = "/v1/terminal/card-codes/decode"
_AGENDA_HOUR = 9

_SCAN = Spare(
    r'"kind": "outside: scan"|"VERIFICATION#face_<id>',
    "a scan opened for a request whose answer was lost is never looked into, and expires",
)
_USAGE = Spare(r"USAGE#", "a department that was asked again is on the record again: it did answer twice")
_NONCE = Spare(r"NONCE#", "an institution signs a repetition anew; the nonce expires after ten minutes")

_DOUBT = Detour(
    "ORDER#", "unknown", "an order whose trade got no answer is in doubt until it has been asked for"
)

_TRIES = Detour(
    "ORDER#",
    "unknown",
    "a refund whose outcome is unknown is tried again under the same number, and the tries are counted",
    counts=("version", "refund_tries"),
)


def _first_day(errand: Errand) -> datetime:
    tomorrow = errand.clock().astimezone(CHINA) + timedelta(days=1)
    return tomorrow.replace(hour=_AGENDA_HOUR, minute=0, second=0, microsecond=0)


# -- before anybody comes
def open_the_house(errand: Errand) -> None:
    """Departments, institutions, a clinic session and the document key's certificate are registered."""
    outside = errand.outside
    for each in outside.departments:
        wiring.exchange().register(
            RegisteredDepartment(
                id=each.id,
                name_zh="部门",
                name_en="Department",
                endpoint=each.endpoint,
                key_id=each.kid,
                public_key=unb64(each.public_key),
            )
        )
    parties = (
        (outside.hospital, Kind.HOSPITAL, outside.events_endpoint),
        (outside.pharmacy, Kind.PHARMACY, None),
    )
    for party, kind, endpoint in parties:
        keys = {party.key_name: party.public_key}
        wiring.institutions().register(
            Registration(id=party.id, kind=kind, name="机构", endpoint=endpoint, keys=keys)
        )
    trust_documents()
    _publish(errand)


def _publish(errand: Errand) -> None:
    hospital = errand.outside.hospital.id
    begins = _first_day(errand)
    errand.known["day"] = begins.date().isoformat()
    wiring.directory().enrol(
        Hospital(id=hospital, region="330100", name="杭州医院", district="上城区", address="1", grade="3A"),
        [Department(id="dep_1", name="内科", name_en="Internal medicine")],
        [Practitioner(id="doc_1", name="李医生", title="主任医师", department_id="dep_1")],
    )
    wiring.directory().publish(
        [
            Session(
                hospital_id=hospital,
                hospital_name="杭州医院",
                department_id="dep_1",
                department_name="内科",
                practitioner_id="doc_1",
                practitioner_name="李医生",
                practitioner_title="主任医师",
                starts_at=begins,
                minutes=15,
                places=8,
                fee_fen=2500,
            )
        ]
    )


def _who(errand: Errand) -> Somebody:
    who: Somebody = errand.known.get("who", ZHANG)
    return who


# -- the errand's parts
def log_in(errand: Errand) -> None:
    """The page asks the payment app for a fresh code each time it tries."""
    errand.known.pop("token", None)
    answer = errand.ask(
        "log in",
        "POST",
        "/v1/sessions",
        lambda: {"authCode": f"{_who(errand).account}/{next(_codes)}"},
        again_after="auth-code-invalid",
    )
    errand.known["token"] = answer.json["accessToken"]
    errand.known["logged_in_until"] = datetime.fromisoformat(answer.json["expiresAt"])


def open_scan(errand: Errand) -> None:
    """Open a face scan."""
    who = _who(errand)
    body = {"realName": who.name, "idNumber": who.number, "purpose": "identity"}
    answer = errand.ask("open scan", "POST", "/v1/face-verifications", lambda: body)
    errand.known["verification"] = answer.json["id"]
    asked = json.loads(_parameter(answer.json["certifyUrl"], "biz_content"))
    errand.known["certify_id"] = asked["certify_id"]


def scan_face(errand: Errand) -> None:
    """The citizen looks into the camera."""
    errand.outside.scan_face(errand.known["certify_id"])


def complete_scan(errand: Errand) -> None:
    """Ask how the scan ended."""
    errand.ask("complete scan", "POST", f"/v1/face-verifications/{errand.known['verification']}/complete")


def bind_card(errand: Errand) -> None:
    """Bind the card."""
    body = {"verificationId": errand.known["verification"]}
    answer = errand.ask("bind card", "POST", "/v1/cards", lambda: body)
    errand.known["card"] = answer.json["id"]


def show_code(errand: Errand) -> None:
    """Show the card's code."""
    answer = errand.ask("show code", "POST", f"/v1/cards/{errand.known['card']}/codes")
    errand.known["code"] = answer.json["code"]


def decode(errand: Errand) -> None:
    """The pharmacy scans the code."""
    terminal = {"operatorId": "op-1", "officeId": "of-1", "deviceId": "dev-1", "nonce": "n-1"}
    body = {"code": errand.known["code"], "businessType": "02121", **terminal}
    errand.tell("decode", errand.outside.pharmacy, "POST", _DECODE, body)


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


# -- what is seen in the end
def _see(name: str, path: str) -> Act:
    def look(errand: Errand) -> None:
        if errand.clock() >= errand.known["logged_in_until"]:
            log_in(errand)
            errand.answers.pop()
        errand.ask(f"look at {name}", "GET", path)

    return look


see_cards = _see("cards", "/v1/cards")


def see_appointments(errand: Errand) -> None:
    """Appointments, what is free, and what was told."""
    _see("appointments", "/v1/appointments")(errand)
    query = f"hospitalId={errand.outside.hospital.id}&departmentId=dep_1&date={errand.known['day']}"
    errand.ask("look at slots", "GET", f"/v1/slots?{query}")


def see_certificates(errand: Errand) -> None:
    """Certificates and their file."""
    _see("certificates", "/v1/certificates")(errand)
    download(errand)


def _parameter(address: str, name: str) -> str:
    return parse_qs(urlsplit(address).query)[name][0]


def after(*parts: Act) -> Act:
    """One part made of several."""

    def act(errand: Errand) -> None:
        for part in parts:
            part(errand)
            errand.rest()

    return act


_LOGGED_IN = (open_the_house, log_in)
_VERIFIED = (*_LOGGED_IN, open_scan, scan_face, complete_scan)
_BOUND = (*_VERIFIED, bind_card)
_HELD = (*_BOUND, find_slot, hold)
_PAYABLE = (*_HELD, open_payment)
_BOOKED = (*_PAYABLE, pay)

SCENARIOS = (
    Scenario("log in", after(open_the_house), log_in),
    Scenario("open face scan", after(*_LOGGED_IN), open_scan, spares=(_SCAN,)),
    Scenario("open face scan, no key", after(*_LOGGED_IN), open_scan, spares=(_SCAN,), keyed=False),
    Scenario("complete face scan", after(*_LOGGED_IN, open_scan, scan_face), complete_scan),
    Scenario("bind card", after(*_VERIFIED), bind_card, look=see_cards, spares=(_USAGE,)),
    Scenario("bind card, no key", after(*_VERIFIED), bind_card, spares=(_USAGE,), keyed=False),
    Scenario("show code", after(*_BOUND), show_code),
    Scenario("decode", after(*_BOUND, show_code), decode, spares=(_NONCE,)),
    Scenario("find slot", after(*_BOUND), find_slot),
    Scenario("hold", after(*_BOUND, find_slot), hold, look=see_appointments),
    Scenario("open payment", after(*_HELD), open_payment, look=see_appointments, detours=(_DOUBT,)),
    Scenario("open payment, no key", after(*_HELD), open_payment, keyed=False, detours=(_DOUBT,)),
    Scenario(
        "pay and be booked", after(*_PAYABLE), pay, look=see_appointments, spares=(_NONCE,), detours=(_DOUBT,)
    ),
    Scenario(
        "cancel and be refunded",
        after(*_BOOKED, let_the_hospital_wait),
        cancel,
        look=see_appointments,
        detours=(_TRIES,),
    ),
    Scenario(
        "be rejected and refunded",
        after(*_PAYABLE, let_the_hospital_wait, pay),
        be_rejected,
        look=see_appointments,
        spares=(_NONCE,),
        detours=(_TRIES,),
    ),
    Scenario(
        "pay silently",
        after(*_PAYABLE, let_the_hospital_wait),
        pay_silently,
        look=see_appointments,
        detours=(_DOUBT,),
    ),
    Scenario(
        "pay at the last moment",
        after(*_PAYABLE, let_the_hospital_wait),
        pay_at_the_last_moment,
        look=see_appointments,
        detours=(_DOUBT,),
    ),
    Scenario(
        "pay for a lost slot", after(*_PAYABLE, lose_the_slot), pay, look=see_appointments, detours=(_TRIES,)
    ),
    Scenario("let a hold run out", after(*_HELD), outlast_the_hold, look=see_appointments, detours=(_DOUBT,)),
    Scenario(
        "let a payment run out", after(*_PAYABLE), outlast_the_hold, look=see_appointments, detours=(_DOUBT,)
    ),
    Scenario(
        "certificate",
        after(*_VERIFIED),
        request_certificate,
        timedelta(minutes=12),
        look=see_certificates,
        spares=(_USAGE,),
    ),
    Scenario("download", after(*_VERIFIED, request_certificate), download),
)
