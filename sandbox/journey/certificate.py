"""The citizen gets a certificate. It must not know any other step."""

import os
import time
from pathlib import Path

from sandbox.journey.hands import FOUR, Hands, Told, certificates_for, expect


class CertificateSteps(Hands):
    """From asking for a certificate to having the document."""

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
        seen = self.until(lambda: self.visitor.get(path), _is_over)
        expect(seen["status"] == "issued", f"the certificate is {seen['status']}: {seen.get('reason')}")
        self.certificate = seen
        return f"{seen['typeName']['zh']}, {seen['serial']}"

    def download(self) -> str:
        """Download the document and see that it is a signed PDF."""
        document = self.visitor.follow(f"/v1/certificates/{self.certificate['id']}/download?format=pdf")
        expect(document.startswith(b"%PDF"), "what was downloaded is no PDF")
        expect(
            b"/ByteRange" in document and b"/ETSI.CAdES.detached" in document, "the PDF carries no signature"
        )
        kept = os.environ.get("KEEP")
        if kept:
            Path(kept).write_bytes(document)
        return f"{len(document):,} bytes, signed"

    def four_certificates(self) -> str:
        """Ask for four certificates at once, and have them all: one face, one consent, departments asked together."""
        types = certificates_for(self.person)[:FOUR]
        asked = {"types": types, "verificationId": self.verification, "purpose": "settlement"}
        began = time.monotonic()
        requested = self.visitor.post("/v1/certificates", asked, accept=(202,))["items"]
        wanted = {each["id"] for each in requested}

        def listed() -> Told:
            mine = self.visitor.get(f"/v1/certificates?limit={2 * FOUR}", "items")
            return {each["id"]: each for each in mine if each["id"] in wanted}

        seen = self.until(listed, lambda those: all(map(_is_over, those.values())))
        took = (time.monotonic() - began) * 1000
        refused = [
            f"{each['type']} is {each['status']}" for each in seen.values() if each["status"] != "issued"
        ]
        expect(not refused, ", ".join(refused))
        expect(all(each["standing"] == "valid" for each in seen.values()), "not all of them are valid")
        names = "、".join(each["typeName"]["zh"] for each in seen.values())
        return f"{names} in {took:,.0f} ms"


def _is_over(request: Told) -> bool:
    """Whether nothing will change any more, or not soon."""
    return bool(request["status"] != "gathering")
