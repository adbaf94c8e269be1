"""A migrant worker without a house has rent paid from the provident fund. It must not know any other step."""

from typing import Any

from sandbox.journey.hands import ADULT_AGE, Hands, Told, age, expect, yuan
from sandbox.visitor import StepFailed, Visitor

ITEM = "provident-fund-withdrawal"
HERE = "杭州市"
ENOUGH_MONTHS = 3
FUND = "CN/GOV/330100/provident-fund/withdrawals"
"""The fund as the exchange, and so the citizen's log, names it."""
_OVER = {"paid", "rejected", "refused", "abandoned", "review"}


class Worker(Hands):
    """Another citizen, from elsewhere, with a phone of their own."""

    def come(self) -> None:
        """Log in as somebody who deposits here, owns nothing, is alone, and has never applied."""
        for person in self.people():
            if self._fits(person) and self._log_in(person) and self._is_theirs(person):
                self.person = person
                return
        raise StepFailed("nobody is left who could withdraw")

    def _fits(self, person: Told) -> bool:
        facts, bank = person["facts"], person["bank"]
        alone = facts["maritalStatus"] in {"single", "divorced"} and facts["houses"] == 0
        elsewhere = HERE not in facts["household"]["address"]
        paid = bool(person["insured"] and bank and bank["active"])
        return alone and elsewhere and paid and age(person) >= ADULT_AGE and self._deposits(person)

    def _deposits(self, person: Told) -> bool:
        account = self.account(person)
        return account.get("accountStatus") == "normal" and account["depositedMonths"] >= ENOUGH_MONTHS

    def account(self, person: Told) -> Told:
        """What the fund has of somebody; nothing where they have no account."""
        found: Told = self.visitor.look(f"/sandbox/provident-fund/accounts/{person['userId']}")
        return found

    def _log_in(self, person: Told) -> bool:
        """Whether this account has no card and has applied for nothing yet."""
        asked = {"userId": person["userId"]}
        code = self.visitor.post("/sandbox/payment-app/auth-codes", asked)["authCode"]
        session = self.visitor.post("/v1/sessions", {"authCode": code})
        self.visitor.token = session["accessToken"]
        fresh = not session["citizen"]["verified"]
        return fresh and not self.visitor.get("/v1/matter-applications", "items")

    def readers(self, application: str) -> dict[str, str]:
        """Who read what for an application, as the citizen's own log tells."""
        log = self.visitor.get("/v2/findUsage", "usages")
        return {each["sourceCode"]: each["receiverSystem"] for each in log if each["caseId"] == application}

    def _is_theirs(self, person: Told) -> bool:
        """Whether the account is this person's by a card: only then is their log theirs to read."""
        self.verification = self.scan_face(person, "identity")["id"]
        asked = {"verificationId": self.verification}
        return "id" in self.visitor.post("/v1/cards", asked, (201, 404, 409))

    def apply(self) -> Told:
        """Apply, and wait for the end."""
        asked = {"verificationId": self.verification}
        made = self.visitor.post(f"/v1/matters/{ITEM}/applications", asked, (202,))

        def look() -> Told:
            seen: Told = self.visitor.get(f"/v1/matter-applications/{made['id']}")
            return seen

        return self.until(look, lambda seen: seen["status"] in _OVER)


class WithdrawalSteps(Hands):
    """The seed's own case."""

    def provident_fund(self) -> str:
        """The fund asks the registries itself, the rules decide, the money is ordered once; nobody brings anything."""
        worker = Worker(Visitor(self.visitor.api, self.visitor.sandbox), self.chance)
        worker.come()
        before = worker.account(worker.person)["balanceFen"]
        seen = worker.apply()
        expect(seen["status"] == "paid", f"the application is {seen['status']}: {seen['reason']}")
        after = worker.account(worker.person)["balanceFen"]
        expect(
            before - after == seen["amountFen"], f"{before} fen became {after}, not less {seen['amountFen']}"
        )
        number = seen["id"].replace("map_", "wdo_", 1)
        paid = [each for each in self._books()["payments"] if each["orderNumber"] == number]
        expect(len(paid) == 1, f"the fund paid {len(paid)} times")
        worker.heard("matter-paid", seen["id"])
        readers = worker.readers(seen["id"])
        expect(readers.get("real-estate/owns-no-house") == FUND, f"the log tells of {readers}")
        expect(set(readers.values()) == {FUND}, f"others read, too: {readers}")
        counts = f"{seen['trips']} trips, {seen['fetched']} materials fetched, {seen['onPaper']} on paper"
        expect((seen["trips"], seen["onPaper"]) == (0, 0), counts)
        return f"approved, {yuan(seen['amountFen'])} to {seen['payment']['bank']}; {counts}"

    def _books(self) -> dict[str, Any]:
        books: dict[str, Any] = self.visitor.get("/sandbox/provident-fund/orders")
        return books
