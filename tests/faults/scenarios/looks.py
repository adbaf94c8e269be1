"""What is seen in the end."""

import json
import zlib
from base64 import urlsafe_b64decode

from tests.faults.errand import Act, Errand
from tests.faults.scenarios.card import log_in
from tests.faults.scenarios.clinic import download


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


def see_the_revocation(errand: Errand) -> None:
    """What its holder and anybody else sees of a certificate, and what the published list says of it."""
    _see("certificates", "/v1/certificates")(errand)
    errand.ask("verify", "GET", f"/v1/verify/{errand.known['paper']}")
    token = errand.send("GET", "/v1/status-lists/1").body.split(b".")[1]
    listed = json.loads(urlsafe_b64decode(token + b"=="))["status_list"]
    (value,) = set(filter(None, zlib.decompress(urlsafe_b64decode(listed["lst"] + "=="))))
    errand.answers.append({"kind": "list", "revoked": value.bit_count()})
