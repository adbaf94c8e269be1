"""The citizen looks where the card was used, and finds a use that was not theirs. It must not know any other step."""

from sandbox.journey.hands import Hands, Told, expect


class UsageSteps(Hands):
    """The log of uses, and what one can do about it."""

    def not_me(self) -> str:
        """A code is scanned once more; the citizen says that it was not them, and the card is good for nothing."""
        shop = self.pharmacy()
        self.scanned_by(shop, self.fresh_code(self.card["id"]))
        use = self._newest_use(shop)
        said = self.visitor.post(f"/v1/usages/{use['id']}/not-me")
        expect(said["cardStatus"] == "suspended", f"the card is {said['cardStatus']} after {use['id']}")
        refused = self.visitor.post(f"/v1/cards/{self.card['id']}/codes", accept=(409,))
        expect(refused["code"] == "card-suspended", f"the next code was answered {refused}")
        return f"the use at {shop['name']} is disputed, the next code {refused['code']}"

    def _newest_use(self, shop: Told) -> Told:
        newest: Told = self.visitor.get("/v1/usages", "items")[0]
        place = newest["institution"]
        expect(place["id"] == shop["id"], f"the newest use is at {place['name']}, not at {shop['name']}")
        return newest
