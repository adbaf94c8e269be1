"""The citizen gets a certificate. It must not know any other step."""

import os
from pathlib import Path

from sandbox.journey.hands import Hands, expect


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
        seen = self.until(lambda: self.visitor.get(path), lambda c: c["status"] != "gathering")
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
