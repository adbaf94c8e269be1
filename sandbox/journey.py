"""The errand of one citizen, done from outside: every step is a call that a page, a terminal or a person would make.

Knows the published calls alone and nothing of how they are answered; needs the standard library alone. Each run is
another citizen, drawn by chance, so that the errand can be run again and again.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sandbox import console
from sandbox.place import here
from sandbox.visitor import StepFailed, Visitor

BEIJING = timezone(timedelta(hours=8))
PHARMACY_PURCHASE = "02121"
PATIENCE = 90.0


@dataclass(slots=True)
class Errand:
    """What one citizen has in hand while the errand goes on."""

    visitor: Visitor
    chance: random.Random
    person: dict[str, Any] = field(default_factory=dict)
    verification: str = ""
    card: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    slots: list[dict[str, Any]] = field(default_factory=list)
    appointment: dict[str, Any] = field(default_factory=dict)
    certificate: dict[str, Any] = field(default_factory=dict)

    def login(self) -> str:
        """Log in as somebody insured, without a house, who has no card yet."""
        people = [p for p in self.visitor.get("/sandbox/people", "items") if p["insured"]]
        fitting = [p for p in people if p["facts"]["houses"] == 0]
        for person in self.chance.sample(fitting, len(fitting)):
            code = self.visitor.post("/sandbox/payment-app/auth-codes", {"userId": person["userId"]})[
                "authCode"
            ]
            session = self.visitor.post("/v1/sessions", {"authCode": code})
            self.visitor.token = session["accessToken"]
            if not session["citizen"]["verified"]:
                self.person = person
                return f"{_masked(person['realName'])}, {session['citizen']['id']}"
        raise StepFailed(f"each of the {len(fitting)} fitting people has a card already")

    def face(self) -> str:
        """Scan the face in the payment app, and let the service ask the app how it went."""
        asked = {
            "realName": self.person["realName"],
            "idNumber": self.person["idNumber"],
            "purpose": "identity",
        }
        opened = self.visitor.post("/v1/face-verifications", asked)
        self.verification = opened["id"]
        self.visitor.post(f"/sandbox/payment-app/face/{_certify_id(opened['certifyUrl'])}", {"passed": True})
        result = self.visitor.post(f"/v1/face-verifications/{self.verification}/complete")
        _expect(result["status"] == "passed", f"the face verification is {result['status']}")
        return f"passed, good until {_clock(result['validUntil'])}"

    def bind_card(self) -> str:
        """Bind the card; the social-security department confirms the person."""
        self.card = self.visitor.post("/v1/cards", {"verificationId": self.verification})
        return f"{self.card['holder']}  {self.card['numberMasked']}  level {self.card['level']}"

    def show_code(self) -> str:
        """Have a code to show."""
        self.code = self.visitor.post(f"/v1/cards/{self.card['id']}/codes")["code"]
        return f"{self.code[:12]}…, {len(self.code)} characters"

    def decode(self) -> str:
        """A pharmacy's terminal scans it."""
        shops = [i for i in self.visitor.get("/sandbox/institutions", "items") if i["kind"] == "pharmacy"]
        shop = self.chance.choice(shops)
        scanned = {"code": self.code, "businessType": PHARMACY_PURCHASE}
        seen = self.visitor.post(f"/sandbox/institutions/{shop['id']}/decode", scanned)
        _expect("presenceToken" in seen, f"the terminal was answered {seen}")
        return f"{shop['name']} knows {seen['card']['pseudonym'][:16]}…"

    def find_slot(self) -> str:
        """Look for a hospital with a free slot."""
        hospitals = self.visitor.get("/v1/hospitals?limit=100", "items")
        for hospital in self.chance.sample(hospitals, len(hospitals)):
            for department in self.visitor.get(f"/v1/hospitals/{hospital['id']}/departments", "items"):
                self.slots = self._free(hospital["id"], department["id"])
                if self.slots:
                    first = self.slots[0]
                    return f"{hospital['name']}, {department['name']}, {_clock(first['startsAt'])}"
        raise StepFailed("no hospital has a free slot")

    def hold(self) -> str:
        """Hold a slot; somebody else may be quicker, then the next one."""
        for slot in self.slots:
            asked = {"slotId": slot["id"], "cardId": self.card["id"]}
            held = self.visitor.post("/v1/appointments", asked, accept=(201, 409))
            if held.get("code") != "slot-taken":
                _expect("holdExpiresAt" in held, f"the hold was answered {held}")
                self.appointment = held
                return f"{slot['practitionerName']}, ¥{held['feeFen'] / 100:.2f}, until {_clock(held['holdExpiresAt'])}"
        raise StepFailed("every slot was taken by somebody else")

    def pay(self) -> str:
        """Pay in the payment app; its signed notification books the appointment."""
        order = self.visitor.post(f"/v1/appointments/{self.appointment['id']}/payment")["order"]
        self.visitor.post(f"/sandbox/payment-app/trades/{order['tradeNo']}/pay")
        self.appointment = self._until(self._appointment, lambda a: a["status"] == "booked")
        return f"¥{order['totalFen'] / 100:.2f}, trade {order['tradeNo'][-8:]}"

    def confirm(self) -> str:
        """The hospital accepts."""
        seen = self._until(self._appointment, lambda a: a["confirmation"] == "accepted")
        return f"{seen['hospitalName']}, queue number {seen['queueNumber']}"

    def request_certificate(self) -> str:
        """Ask for the certificate that one owns no house."""
        asked = {
            "types": ["no-house"],
            "verificationId": self.verification,
            "purpose": "public-rental-housing",
        }
        self.certificate = self.visitor.post("/v1/certificates", asked, accept=(202,))["items"][0]
        return f"{self.certificate['id']}, {self.certificate['status']}"

    def certificate_issued(self) -> str:
        """Wait while the department's facts are gathered, and the document is written and signed."""
        path = f"/v1/certificates/{self.certificate['id']}"
        seen = self._until(lambda: self.visitor.get(path), lambda c: c["status"] != "gathering")
        _expect(seen["status"] == "issued", f"the certificate is {seen['status']}: {seen.get('reason')}")
        self.certificate = seen
        return f"{seen['typeName']['zh']}, {seen['serial']}"

    def download(self) -> str:
        """Download the document and see that it is a signed PDF."""
        document = self.visitor.follow(f"/v1/certificates/{self.certificate['id']}/download?format=pdf")
        _expect(document.startswith(b"%PDF"), "what was downloaded is no PDF")
        _expect(b"/ByteRange" in document and b"/Type /Sig" in document, "the PDF carries no signature")
        kept = os.environ.get("KEEP")
        if kept:
            Path(kept).write_bytes(document)
        return f"{len(document):,} bytes, signed"

    def _free(self, hospital: str, department: str) -> list[dict[str, Any]]:
        """Free slots of the first of the coming days that has any, in an order of chance."""
        today = datetime.now(BEIJING).date()
        for ahead in self.chance.sample(range(1, 8), 7):
            day = today + timedelta(days=ahead)
            path = f"/v1/slots?hospitalId={hospital}&departmentId={department}&date={day}"
            slots: list[dict[str, Any]] = self.visitor.get(path, "items")
            if slots:
                return self.chance.sample(slots, len(slots))
        return []

    def _appointment(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.visitor.get(f"/v1/appointments/{self.appointment['id']}")
        return seen

    def _until(
        self, look: Callable[[], dict[str, Any]], done: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """Look again until `done`, as a page would; raises StepFailed when patience ends."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            seen = look()
            if done(seen):
                return seen
            time.sleep(0.1)
        raise StepFailed(f"nothing more happened within {PATIENCE:.0f} s: {seen}")


STEPS: dict[str, Callable[[Errand], str]] = {
    "login": Errand.login,
    "face": Errand.face,
    "bind-card": Errand.bind_card,
    "show-code": Errand.show_code,
    "decode": Errand.decode,
    "find-slot": Errand.find_slot,
    "hold": Errand.hold,
    "pay": Errand.pay,
    "confirm": Errand.confirm,
    "request-certificate": Errand.request_certificate,
    "certificate-issued": Errand.certificate_issued,
    "download": Errand.download,
}


def run(world: Path, *, as_json: bool) -> int:
    """Do the errand against the addresses in `world`; 1 as soon as a step fails."""
    try:
        addresses = json.loads(world.read_text(encoding="utf-8"))
    except OSError:
        print("zerotrip: nothing is up, run make up first", file=sys.stderr)
        return 1
    errand = Errand(Visitor(addresses["api"], addresses["sandbox"]), random.Random())
    return 0 if all(_in_json(name, errand) if as_json else _shown(name, errand) for name in STEPS) else 1


def _in_json(name: str, errand: Errand) -> bool:
    begun = time.monotonic()
    told: dict[str, Any] = {"step": name, "ms": 0, "ok": True}
    try:
        STEPS[name](errand)
    except StepFailed as failure:
        told |= {"ok": False, "detail": str(failure)}
    told["ms"] = round((time.monotonic() - begun) * 1000)
    print(json.dumps(told, ensure_ascii=False), flush=True)
    return bool(told["ok"])


def _shown(name: str, errand: Errand) -> bool:
    try:
        with console.step(name) as line:
            line.said = STEPS[name](errand)
    except StepFailed as failure:
        print(f"    {failure}", file=sys.stderr, flush=True)
        return False
    return True


def _expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - it is what is expected
    if not holds:
        raise StepFailed(otherwise)


def _certify_id(url: str) -> str:
    return str(Visitor.query(url, "biz_content")["certify_id"])


def _masked(name: str) -> str:
    return name[0] + "*" * (len(name) - 1)


def _clock(moment: str) -> str:
    """A moment as a person in Hangzhou reads it."""
    return datetime.fromisoformat(moment).astimezone(BEIJING).strftime("%m-%d %H:%M")


if __name__ == "__main__":
    sys.exit(run(here().local / "world.json", as_json=os.environ.get("JSON") == "1"))
