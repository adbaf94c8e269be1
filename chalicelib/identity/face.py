"""The payment app as witness: who logs in, and whether a face matched. Believes the app's server alone.

Protocol facts: `alipay.system.oauth.token`, `alipay.user.certify.open.initialize / certify / query`.
"""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.identity.errors import AuthCodeInvalid
from chalicelib.identity.model.reasons import Reason
from chalicelib.platform.alipay import Gateway, GatewayRefused


@dataclass(frozen=True, slots=True)
class Login:
    """Whose account the payment app says it is. `user_id` is there only for older apps."""

    app_id: str
    open_id: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Scan:
    """The outcome of a face scan: None while there is none."""

    passed: bool | None
    reason: Reason | None = None


_REASONS = {
    "人脸比对不一致": Reason.NOT_MATCHED,
    "姓名和身份证不一致": Reason.NAME_NUMBER_MISMATCH,
    "活体检测存在风险": Reason.LIVENESS,
    "用户取消了认证，主动退出": Reason.QUIT,
    "人脸图像质量不合格": Reason.POOR_PICTURE,
    "查询不到照片或照片不可用": Reason.NO_PORTRAIT,
}
"""The platform documents no list for `fail_reason`: these are the words that its identity verification documents for
its sub codes 201 to 206, and for a user who leaves. Any other words count as `other`."""


@dataclass(frozen=True, slots=True)
class PaymentAppIdentity:
    """The payment app's identity calls."""

    gateway: Gateway

    def exchange_code(self, auth_code: str) -> Login:
        """The account behind a single-use auth code. Raises AuthCodeInvalid, Unavailable."""
        try:
            answer = self.gateway.call(
                "alipay.system.oauth.token", grant_type="authorization_code", code=auth_code
            )
        except GatewayRefused as refusal:
            if refusal.sub_code in {"isv.code-invalid", "isv.code-expired"}:
                raise AuthCodeInvalid from refusal
            raise Unavailable from refusal
        user_id = answer.get("user_id")
        open_id = answer.get("open_id") or user_id
        if not open_id:
            raise Unavailable
        return Login(self.gateway.app_id, str(open_id), str(user_id) if user_id else None)

    def open_scan(self, order_number: str, real_name: str, id_number: str) -> tuple[str, str]:
        """Open a face scan of this person. Returns the app's certify id and the address where it happens.

        `order_number` is ours, 32 letters and digits, unique for each scan.
        """
        content = {
            "outer_order_no": order_number,
            "biz_code": "FACE",
            "identity_param": {
                "identity_type": "CERT_INFO",
                "cert_type": "IDENTITY_CARD",
                "cert_name": real_name,
                "cert_no": id_number,
            },
            "merchant_config": {"return_url": ""},
        }
        try:
            answer = self.gateway.call("alipay.user.certify.open.initialize", content)
        except GatewayRefused as refusal:
            raise Unavailable from refusal
        certify_id = str(answer["certify_id"])
        return certify_id, self.gateway.page_url(
            "alipay.user.certify.open.certify", {"certify_id": certify_id}
        )

    def result(self, certify_id: str) -> Scan:
        """What the app's server says of a scan. The page's own word counts for nothing."""
        try:
            answer = self.gateway.call("alipay.user.certify.open.query", {"certify_id": certify_id})
        except GatewayRefused as refusal:
            raise Unavailable from refusal
        if answer.get("passed") == "T":
            return Scan(passed=True)
        # The platform says F both for a failed scan and for one that nobody did yet; only a failure has a reason.
        words = answer.get("fail_reason")
        return (
            Scan(passed=False, reason=_REASONS.get(str(words), Reason.OTHER)) if words else Scan(passed=None)
        )
