"""What one citizen has in hand while the errand goes on, and what every step does with it.

It must not know any step.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sandbox.visitor import StepFailed, Visitor

BEIJING = timezone(timedelta(hours=8))
PHARMACY_PURCHASE = "02121"
ADULT_AGE, ELDERLY_AGE = 18, 60
FOUR = 4
"""Certificates in one go: the measure of the whole service."""
PATIENCE = 90.0

Told = dict[str, Any]


@dataclass
class Hands:
    """The citizen, their card, what they show and what they were given."""

    visitor: Visitor
    chance: random.Random
    person: Told = field(default_factory=dict)
    verification: str = ""
    card: Told = field(default_factory=dict)
    code: str = ""
    slots: list[Told] = field(default_factory=list)
    appointment: Told = field(default_factory=dict)
    certificate: Told = field(default_factory=dict)

    def people(self) -> list[Told]:
        """Everybody who lives and whose physical card is in order, in an order of chance."""
        everybody = self.visitor.get("/sandbox/people", "items")
        fitting = [each for each in everybody if each["cardStatus"] == "active" and not each["deceased"]]
        return self.chance.sample(fitting, len(fitting))

    def scan_face(self, person: Told, purpose: str) -> Told:
        """Have a face scanned on this citizen's phone, and let the service ask how it went; with the id."""
        asked = {"realName": person["realName"], "idNumber": person["idNumber"], "purpose": purpose}
        opened = self.visitor.post("/v1/face-verifications", asked)
        self.visitor.post(f"/sandbox/payment-app/face/{_certify_id(opened['certifyUrl'])}", {"passed": True})
        result: Told = self.visitor.post(f"/v1/face-verifications/{opened['id']}/complete")
        return result | {"id": opened["id"]}

    def fresh_code(self, card_id: str) -> str:
        """A code to show of a card in this citizen's wallet."""
        return str(self.visitor.post(f"/v1/cards/{card_id}/codes")["code"])

    def pharmacy(self) -> Told:
        """Some pharmacy."""
        shop: Told = self.chance.choice(self.visitor.get("/sandbox/institutions?kind=pharmacy", "items"))
        return shop

    def scanned_by(self, shop: Told, code: str, accept: tuple[int, ...] = (200,)) -> Told:
        """What a pharmacy's terminal is answered for a code."""
        scanned = {"code": code, "businessType": PHARMACY_PURCHASE}
        seen: Told = self.visitor.post(f"/sandbox/institutions/{shop['id']}/decode", scanned, accept)
        return seen

    def heard(self, kind: str, about: str) -> Told:
        """The message to this citizen of that kind and about that thing, once it has come, in both languages."""

        def arrived() -> Told:
            listed = self.visitor.get("/v1/notices?limit=50", "items")
            return next((each for each in listed if (each["kind"], each["about"]) == (kind, about)), {})

        notice = self.until(arrived, bool)
        expect(
            all(notice[part][tongue] for part in ("title", "body") for tongue in ("zh", "en")), f"{notice}"
        )
        return notice

    def until(self, look: Callable[[], Told], done: Callable[[Told], bool]) -> Told:
        """Look again until `done`, as a page would; raises StepFailed when patience ends."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            seen = look()
            if done(seen):
                return seen
            time.sleep(0.1)
        raise StepFailed(f"nothing more happened within {PATIENCE:.0f} s: {seen}")


def expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - it is what is expected
    """Go on only if it holds; else raises StepFailed."""
    if not holds:
        raise StepFailed(otherwise)


def certificates_for(person: Told) -> list[str]:
    """Types of certificates that the offices' data about somebody grown up allow, and that nobody has to look at."""
    facts = person["facts"]
    school = facts["education"] or {}
    fits = {
        "no-house": facts["houses"] == 0,
        "household": not facts["moving"],
        "no-criminal-record": facts["criminalRecord"] == "clean",
        "social-insurance": (facts["paidMonths"] or 0) > 0,
        "marriage": facts["maritalStatus"] == "single",
        "education": school.get("status") == "graduated" and school.get("electronic"),
    }
    return [name for name, fitting in fits.items() if fitting]


def age(person: Told) -> int:
    """Whole years, today in Hangzhou."""
    born, today = date.fromisoformat(person["facts"]["birthDate"]), datetime.now(BEIJING).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def masked(name: str) -> str:
    """A name as it is shown."""
    return name[0] + "*" * (len(name) - 1)


def yuan(fen: int) -> str:
    """An amount as a person reads it."""
    return f"¥{fen / 100:.2f}"


def clock(moment: str) -> str:
    """A moment as a person in Hangzhou reads it."""
    return datetime.fromisoformat(moment).astimezone(BEIJING).strftime("%m-%d %H:%M")


def _certify_id(url: str) -> str:
    return str(Visitor.query(url, "biz_content")["certify_id"])
