"""The citizen carries the card of an elder who has no phone. It must not know any other step."""

from sandbox.journey.hands import ELDERLY_AGE, Hands, Told, age, expect, masked
from sandbox.visitor import StepFailed

NOT_THIS_ONE = (409,)
"""The elder is somebody else's already, or their card is."""


class FamilySteps(Hands):
    """A mandate and what it is good for."""

    def family_card(self) -> str:
        """The elder's face on this phone gives the mandate; their card is shown, and a pharmacy knows it."""
        for elder in self._elders():
            mandate = self._mandate(elder)
            if mandate is None:
                continue
            card = self.visitor.post("/v1/cards", {"mandateId": mandate["id"]}, (201, *NOT_THIS_ONE))
            if card.get("status") == "bound":  # an elder may have suspended it, by the phone of another run
                shop = self.pharmacy()
                seen = self.scanned_by(shop, self.fresh_code(card["id"]))
                expect("presenceToken" in seen, f"the terminal was answered {seen}")
                return f"{card['holder']}  {card['numberMasked']}, shown at {shop['name']}"
            self.visitor.delete(f"/v1/mandates/{mandate['id']}")
        raise StepFailed("no elder is left whose card could be carried")

    def _elders(self) -> list[Told]:
        """The citizen's own parents first, then any others."""
        parents = {kin["userId"] for kin in self.person["family"] if kin["relation"] == "parent"}
        elders = [
            each
            for each in self.people()
            if age(each) >= ELDERLY_AGE and each["userId"] != self.person["userId"]
        ]
        return sorted(elders, key=lambda each: each["userId"] not in parents)

    def _mandate(self, elder: Told) -> Told | None:
        """The elder's consent to having the card carried; None if the elder cannot give it any more."""
        result = self.scan_face(elder, "mandate")
        expect(result["status"] == "passed", f"the face of {masked(elder['realName'])} is {result['status']}")
        asked = {"relation": "elder", "actions": ["cards"], "verificationId": result["id"]}
        given: Told = self.visitor.post("/v1/mandates", asked, (201, *NOT_THIS_ONE))
        return given if "id" in given else None
