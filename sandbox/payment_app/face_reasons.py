"""Why a face scan fails, in the words that the payment app's gateway says it with.

The open platform documents no list for `fail_reason`; the words are those that the same company's identity
verification documents for its sub codes 201 to 206, and for a user who leaves. It must not know who is scanned.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A reason as the sandbox's own call names it."""

    NOT_MATCHED = "not-matched"
    NAME_NUMBER_MISMATCH = "name-number-mismatch"
    LIVENESS = "liveness"
    QUIT = "quit"
    POOR_PICTURE = "poor-picture"
    NO_PORTRAIT = "no-portrait"
    OTHER = "other"


WORDS = {
    Reason.NOT_MATCHED: "人脸比对不一致",
    Reason.NAME_NUMBER_MISMATCH: "姓名和身份证不一致",
    Reason.LIVENESS: "活体检测存在风险",
    Reason.QUIT: "用户取消了认证，主动退出",
    Reason.POOR_PICTURE: "人脸图像质量不合格",
    Reason.NO_PORTRAIT: "查询不到照片或照片不可用",
    Reason.OTHER: "业务策略限制",
}
"""What `alipay.user.certify.open.query` gives as `fail_reason`."""
