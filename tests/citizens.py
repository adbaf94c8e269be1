"""Citizens as a test plays them: the calls that a phone makes, in the order it makes them."""

from dataclasses import dataclass, field
from typing import Any

from tests.api import Api, ApiAnswer
from tests.builders import NAMES, an_auth_code, an_identity_number
from tests.fakes import PaymentApp


@dataclass
class Phone:
    """One person's phone. `passed` decides how the next face scan ends ("T", "F", or "" while nobody scanned).

    `fail_reason`: the payment app's words for a scan that ends with "F".
    """

    api: Api
    payment_app: PaymentApp
    name: str = NAMES[0]
    number: str = field(default_factory=an_identity_number)
    open_id: str = field(default_factory=an_auth_code)
    passed: str = "T"
    fail_reason: str = "人脸比对不一致"
    token: str = ""
    refresh_token: str = ""

    def log_in(self) -> ApiAnswer:
        """Log in and keep the token."""
        self.payment_app.says(
            "alipay.system.oauth.token", {"open_id": self.open_id, "access_token": "a", "expires_in": 300}
        )
        answer = self.api.post("/v1/sessions", {"authCode": an_auth_code()})
        return self._keep(answer)

    def refresh(self, refresh_token: str | None = None) -> ApiAnswer:
        """Go on with the session, by this phone's own refresh token or another; keep what it gives."""
        body = {"refreshToken": refresh_token or self.refresh_token}
        return self._keep(self.api.post("/v1/sessions/refresh", body))

    def _keep(self, answer: ApiAnswer) -> ApiAnswer:
        if answer.status < 400:
            self.token, self.refresh_token = answer.json["accessToken"], answer.json["refreshToken"]
        return answer

    def open_scan(self, purpose: str = "identity", number: str | None = None) -> ApiAnswer:
        """Open a face scan."""
        self.payment_app.says("alipay.user.certify.open.initialize", {"certify_id": an_auth_code()})
        body = {"realName": self.name, "idNumber": number or self.number, "purpose": purpose}
        return self.api.post("/v1/face-verifications", body, token=self.token)

    def complete(self, verification_id: str) -> ApiAnswer:
        """Scan (as `passed` says) and ask for the outcome."""
        failed = {"fail_reason": self.fail_reason} if self.passed == "F" else {}
        self.payment_app.says("alipay.user.certify.open.query", {"passed": self.passed or "F", **failed})
        return self.api.post(f"/v1/face-verifications/{verification_id}/complete", token=self.token)

    def verified(self, purpose: str = "identity") -> str:
        """The id of a passed face verification; logs in first if needed."""
        if not self.token:
            self.log_in()
        verification_id: str = self.open_scan(purpose).json["id"]
        self.complete(verification_id)
        return verification_id

    def bind(self) -> ApiAnswer:
        """Bind the card with a fresh face scan."""
        return self.api.post("/v1/cards", {"verificationId": self.verified()}, token=self.token)

    def card(self) -> dict[str, Any]:
        """The bound card."""
        card: dict[str, Any] = self.bind().json
        return card
