"""Somebody is handed the certificate and checks it, before and after its department revoked it.

Whoever checks has no login; the stand-alone verifier judges with the status list and the published root alone. It must
not know any other step.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from sandbox.journey.hands import Hands, Told, expect
from sandbox.visitor import Visitor
from verifier.status_list import Reference, StatusList
from verifier.trust import Trust
from verifier.verdict import Verdict, judge

ROOT = "/.well-known/document-signer.pem"
REASON = "facts-changed"
FORMAT = "sd-jwt"


class VerificationSteps(Hands):
    """From the paper in somebody else's hand to what may be thought of it."""

    def verify(self) -> str:
        """Anyone asks by the paper's id, and anyone asks the list and the file alone."""
        told = self._verified()
        expect(told["status"] == "valid", f"{told['serial']} is {told['status']}")
        expect(self.person["realName"] not in str(told), "verification tells the holder's name")
        expect(self._listed(told) == "valid", f"the status list says {self._listed(told)}")
        verdict = self._judged(told)
        expect(verdict in {None, Verdict.VALID}, f"the verifier judges the file {verdict}")
        return f"{told['serial']}, place {told['statusList']['index']:,} of {self._list_of(told)}"

    def revoke(self) -> str:
        """The department that issued it finds that the facts have changed."""
        told, department = self._verified(), self._department()
        path = f"/sandbox/registrars/{department}/certificates/{told['id']}"
        revoked = self.visitor.post(path, {"act": "revoke", "reason": REASON})
        expect(revoked["status"] == "revoked", f"{told['id']} is {revoked['status']}")
        notice = self.heard("certificate-revoked", self.certificate["id"])
        return f"by {department}: {notice['body']['zh']}"

    def verify_revoked(self) -> str:
        """The same paper again: everybody sees that it does not hold any more, with the list alone too."""
        told = self._verified()
        expect(told["status"] == "revoked", f"{told['serial']} is {told['status']}")
        expect(told["reason"]["code"] == REASON, f"the reason is {told['reason']}")
        self.until(lambda: {"list": self._listed(told)}, lambda seen: seen["list"] == "revoked")
        verdict = self._judged(told)
        expect(verdict in {None, Verdict.REVOKED}, f"the verifier judges the file {verdict}")
        then = self._anybody().get(f"/v1/verify/{told['id']}?at={told['issuedAt']}")
        expect(then["status"] == "valid", f"when it was issued it was {then['status']}")
        return f"{told['serial']}: {told['reason']['zh']}"

    def _anybody(self) -> Visitor:
        """Somebody without a login."""
        return Visitor(self.visitor.api, self.visitor.sandbox)

    def _verified(self) -> Told:
        told: Told = self._anybody().get(f"/v1/verify/{self.certificate['certificateId']}")
        return told

    def _department(self) -> str:
        kinds = {each["id"]: each for each in self.visitor.get("/v1/certificate-types", "items")}
        return str(kinds[self.certificate["type"]]["departmentId"])

    def _list_of(self, told: Told) -> str:
        return urlsplit(str(told["statusList"]["uri"])).path

    def _listed(self, told: Told) -> str:
        """What the published list says of the certificate's place now."""
        text = self._anybody().read(self._list_of(told)).decode()
        place, now = told["statusList"], datetime.now(UTC)
        known = StatusList.read(text, self._trust(), now)
        return known.status(Reference(place["uri"], place["index"]), now)

    def _judged(self, told: Told) -> Verdict | None:
        """What the verifier thinks of the file; None where the certificate has no form that it reads without a PDF."""
        if FORMAT not in self.certificate["formats"]:
            return None
        file = self.visitor.follow(f"/v1/certificates/{self.certificate['id']}/download?format={FORMAT}")
        listed = self._anybody().read(self._list_of(told)).decode()
        return judge(file, self._trust(), [listed], datetime.now(UTC)).verdict

    def _trust(self) -> Trust:
        return Trust.of(self._anybody().read(ROOT))
