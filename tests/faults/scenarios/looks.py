"""What is seen in the end."""

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
