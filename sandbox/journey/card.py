"""The citizen comes, gets a card, shows it, suspends it and takes it up again. It must not know any other step."""

from sandbox.journey.hands import ADULT_AGE, FOUR, Hands, age, certificates_for, clock, expect, masked
from sandbox.visitor import StepFailed


class CardSteps(Hands):
    """From the login to a card that was suspended and is good again."""

    def login(self) -> str:
        """Log in as somebody grown up without a house, who has no card yet and could have four certificates."""
        fitting = [
            each
            for each in self.people()
            if each["facts"]["houses"] == 0 and age(each) >= ADULT_AGE and len(certificates_for(each)) >= FOUR
        ]
        for person in fitting:
            asked = {"userId": person["userId"]}
            code = self.visitor.post("/sandbox/payment-app/auth-codes", asked)["authCode"]
            session = self.visitor.post("/v1/sessions", {"authCode": code})
            self.visitor.token = session["accessToken"]
            if not session["citizen"]["verified"]:
                self.person = person
                return f"{masked(person['realName'])}, {session['citizen']['id']}"
        raise StepFailed(f"each of the {len(fitting)} fitting people has a card already")

    def face(self) -> str:
        """Scan the face in the payment app, and let the service ask the app how it went."""
        result = self.scan_face(self.person, "identity")
        self.verification = result["id"]
        expect(result["status"] == "passed", f"the face verification is {result['status']}")
        return f"passed, good until {clock(result['validUntil'])}"

    def bind_card(self) -> str:
        """Bind the card; the social-security department confirms the person."""
        self.card = self.visitor.post("/v1/cards", {"verificationId": self.verification})
        return f"{self.card['holder']}  {self.card['numberMasked']}  level {self.card['level']}"

    def show_code(self) -> str:
        """Have a code to show."""
        self.code = self.fresh_code(self.card["id"])
        return f"{self.code[:12]}…, {len(self.code)} characters"

    def decode(self) -> str:
        """A pharmacy's terminal scans it."""
        shop = self.pharmacy()
        seen = self.scanned_by(shop, self.code)
        expect("presenceToken" in seen, f"the terminal was answered {seen}")
        return f"{shop['name']} knows {seen['card']['pseudonym'][:16]}…"

    def suspend(self) -> str:
        """The phone is lost: suspend the card, while a code minted before is still young."""
        self.code = self.fresh_code(self.card["id"])
        seen = self.visitor.post(f"/v1/cards/{self.card['id']}/suspend", {"reason": "lost"})
        expect(seen["status"] == "suspended", f"the card is {seen['status']}")
        return f"{seen['numberMasked']} is {seen['status']}"

    def refused_while_suspended(self) -> str:
        """Whoever found the phone shows that code: the very next terminal refuses it."""
        shop = self.pharmacy()
        refused = self.scanned_by(shop, self.code, (409,))
        expect(refused.get("code") == "card-suspended", f"the terminal was answered {refused}")
        return f"{shop['name']} is told {refused['code']}"

    def resume(self) -> str:
        """Found again: the face that was scanned takes the card up."""
        asked = {"verificationId": self.verification}
        seen = self.visitor.post(f"/v1/cards/{self.card['id']}/resume", asked)
        expect(seen["status"] == "bound", f"the card is {seen['status']}")
        self.code = self.fresh_code(self.card["id"])
        return f"{seen['numberMasked']} is {seen['status']}, a code can be shown"
