"""The citizen looks who read their data, and finds a use that was not theirs. It must not know any other step."""

from collections import Counter

from sandbox.journey.hands import Hands, Told, expect

_LOG = "usage-log"
_ONCE = ("social-security/insured-person", "card/qr")
"""What was read exactly once until then, however often the errand's calls were repeated: binding, and one scan."""


class UsageSteps(Hands):
    """The log of uses, and what one can do about it."""

    def usage_log(self) -> str:
        """Everything that was read is in the log, each read once, and so is this look at it."""
        seen = self.until(
            lambda: self.visitor.get("/v2/findUsage"), lambda told: _LOG in _sources(told["usages"])
        )
        entries, sources = seen["usages"], _sources(seen["usages"])
        expect(len(entries) == seen["totalUsages"], f"{len(entries)} of {seen['totalUsages']} entries came")
        reads = Counter((each["sourceCode"], each["caseId"]) for each in entries)
        twice = sorted(source for (source, _), times in reads.items() if times > 1)
        expect(not twice, f"entered twice: {twice}")
        for source in _ONCE:
            expect(sources[source] == 1, f"{source} is there {sources[source]} times")
        expect(sources[_LOG] <= 2, f"one look is there {sources[_LOG]} times")  # noqa: PLR2004 - ten minutes may end
        moments = [each["logtime"] for each in entries]
        expect(moments == sorted(moments, reverse=True), "the newest is not the first")
        shown = Counter(
            each["receiverCode"] for each in entries if each["sourceCode"].startswith("certificate/")
        )
        expect(shown["link"] == 1 and len(shown) == 3, f"certificates were read by {dict(shown)}")  # noqa: PLR2004 - oneself, link, hospital
        told = str(entries)
        expect(self.person["idNumber"] not in told, "the log tells the identity number")
        return f"{len(entries)} reads of {len(sources)} kinds, this look among them"

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


def _sources(entries: list[Told]) -> Counter[str]:
    return Counter(each["sourceCode"] for each in entries)
