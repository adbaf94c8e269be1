"""Every type of the catalogue on the packaged template: whoever it fits gets it, whoever it does not is told why."""

import random
import time
from functools import cache

import pytest

from chalicelib.certificates import catalogue
from chalicelib.certificates.model.types import CertificateType
from sandbox.journey.hands import ADULT_AGE, Hands
from sandbox.people import Person
from sandbox.visitor import Visitor
from tests.offices import expected, records
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

KINDS = [kind for kind in catalogue.types().values() if not kind.paper]
ENDS = ("issued", "rejected")
ON_THE_WAY = {"gathering", "issuing"}


def test_every_type_is_issued_to_somebody_it_fits_and_refused_to_somebody_else(stack: Stack) -> None:
    """A few people ask for several types at once: what comes of it is what the offices' facts mean."""
    asked = [(person, ask(stack, person, kinds)) for person, kinds in few()]
    seen = {
        (person.user_id, type_id): settled(visitor, request_id)
        for person, (visitor, requests) in asked
        for type_id, request_id in requests.items()
    }
    assert seen == {
        (person.user_id, kind.id): expected(kind, person) for person, kinds in few() for kind in kinds
    }
    ends = sorted((type_id, status) for (_, type_id), (status, _) in seen.items())
    assert ends == sorted((kind.id, end) for kind in KINDS for end in ENDS)


def test_what_is_still_paper_says_so_and_cannot_be_requested(stack: Stack) -> None:
    visitor = Visitor(stack.place.url, stack.place.url)
    paper = {
        each["id"]: each["stillPaper"]
        for each in visitor.get("/v1/certificate-types", "items")
        if each["stillPaper"]
    }
    assert set(paper) == {kind.id for kind in catalogue.types().values() if kind.paper}
    assert all(each["zh"] and each["en"] and each["where"]["zh"] for each in paper.values())
    visitor, verification = came(stack, few()[0][0])
    wish = {"types": [next(iter(paper))], "verificationId": verification, "purpose": "visa"}
    assert visitor.post("/v1/certificates", wish, accept=(409,))["code"] == "certificate-still-paper"


@cache
def few() -> list[tuple[Person, list[CertificateType]]]:
    """A few grown-ups, always the same, and what each asks for: among them every type is issued and refused once."""
    today = records().today()
    told = {each: meant(each) for each in records().people.everybody if each.age(today) >= ADULT_AGE}
    wanted = {(kind.id, end) for kind in KINDS for end in ENDS}
    chosen = []
    while wanted:
        best = max(told, key=lambda each: len(wanted & told[each]))
        asks = wanted & told[best]
        assert asks, wanted
        wanted -= asks
        chosen.append((best, [kind for kind in KINDS if kind.id in dict(asks)]))
    return chosen


def meant(person: Person) -> set[tuple[str, str]]:
    return {(kind.id, expected(kind, person)[0]) for kind in KINDS}


def ask(stack: Stack, person: Person, kinds: list[CertificateType]) -> tuple[Visitor, dict[str, str]]:
    """Log in, scan the face, ask for these at once; the requests' ids by type."""
    visitor, verification = came(stack, person)
    wish = {"types": [kind.id for kind in kinds], "verificationId": verification, "purpose": "visa"}
    items = visitor.post("/v1/certificates", wish, accept=(202,))["items"]
    return visitor, {each["type"]: each["id"] for each in items}


def came(stack: Stack, person: Person) -> tuple[Visitor, str]:
    visitor = Visitor(stack.place.url, stack.place.url)
    code = visitor.post("/sandbox/payment-app/auth-codes", {"userId": person.user_id})["authCode"]
    visitor.token = visitor.post("/v1/sessions", {"authCode": code})["accessToken"]
    face = {"realName": person.real_name, "idNumber": person.id_number}
    return visitor, Hands(visitor, random.Random(1)).scan_face(face, "identity")["id"]


def settled(visitor: Visitor, request_id: str) -> tuple[str, str | None]:
    """How a request ended, and for which reason."""
    deadline = time.monotonic() + 90
    while True:
        seen = visitor.get(f"/v1/certificates/{request_id}")
        if seen["status"] not in ON_THE_WAY or time.monotonic() > deadline:
            return seen["status"], (seen["reason"] or {}).get("code")
        time.sleep(0.1)
