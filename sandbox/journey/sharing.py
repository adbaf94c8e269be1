"""The citizen shows the certificate to somebody, and to a hospital. It must not know any step but the certificate's."""

import secrets
import urllib.request

from sandbox.journey.hands import Hands, Told, expect
from sandbox.visitor import StepFailed, Visitor

PURPOSE = "租房备案"


class SharingSteps(Hands):
    """A link that opens once, a share with a hospital, and taking one back."""

    def share(self) -> str:
        """A stranger opens the link, nobody does again; a hospital reads what it was shown, and then no more."""
        opened = self._by_link()
        name = self._with_a_hospital()
        mine = self.visitor.get("/v1/shares", "items")
        expect([each["status"] for each in mine] == ["revoked", "used"], f"the shares are {mine}")
        return f"{opened['serial']} opened once by a link, and read by {name}"

    def _by_link(self) -> Told:
        made = self._share({"kind": "link", "format": "pdf"})
        secret = str(made["link"]).partition("#")[2]
        stranger = Visitor(self.visitor.api, self.visitor.sandbox)
        asked = {"secret": secret, "opener": secrets.token_urlsafe(16)}
        opened: Told = stranger.post("/v1/shares/open", asked)
        expect(_fetched(opened["url"]).startswith(b"%PDF"), "what the link leads to is no PDF")
        again = stranger.post("/v1/shares/open", asked | {"opener": secrets.token_urlsafe(16)}, (410,))
        expect(again["code"] == "share-used", f"the link's second opener was told {again['code']}")
        self.heard("share-opened", made["id"])
        return opened

    def _with_a_hospital(self) -> str:
        hospital = self.chance.choice(self.visitor.get("/sandbox/institutions?kind=hospital", "items"))
        told = {"kind": "institution", "institutionId": hospital["id"], "uses": 2}
        made = self._share(told)
        desk = f"/sandbox/institutions/{hospital['id']}/shares"
        expect(self.visitor.get(f"{desk}/{made['id']}")["usesLeft"] == 2, "the share was used before")  # noqa: PLR2004
        read = self.visitor.get(f"{desk}/{made['id']}/document")
        expect(_fetched(read["url"]).startswith(b"%PDF"), "the hospital fetched no PDF")
        self.heard("share-read", made["id"])
        self.visitor.delete(f"/v1/shares/{made['id']}")
        try:
            self.visitor.get(f"{desk}/{made['id']}/document")
        except StepFailed as refused:
            expect("share-revoked" in str(refused), f"the hospital was told {refused}")
            return str(hospital["name"])
        raise StepFailed("the hospital reads what was taken back")

    def _share(self, told: Told) -> Told:
        path = f"/v1/certificates/{self.certificate['id']}/shares"
        made: Told = self.visitor.post(path, told | {"purpose": PURPOSE})
        return made


def _fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())
