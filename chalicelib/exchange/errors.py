"""Why a fact could not be had, and why a consent does not serve."""

from chalicelib.errors import Forbidden, Gone, NotFound, Unavailable


class DepartmentUnavailable(Unavailable):
    """The department did not answer in time, refused the call, or is not connected: try again.

    `reason` is for the log alone.
    """

    code = "department-unavailable"
    title = "The department is not answering at the moment; please try again shortly"
    title_zh = "相关部门暂时无法响应，请稍后重试"

    def __init__(self, reason: str = "") -> None:
        """`reason`: one of our own words, never the department's."""
        super().__init__()
        self.reason = reason


class AnswerNotTrusted(DepartmentUnavailable):
    """The answer is not signed by the department, or answers another question: it counts for nothing."""

    code = "department-answer-invalid"
    title = "The department's answer could not be verified, so it was not used"
    title_zh = "相关部门的答复未通过验证，未予采用"


class ConsentNotFound(NotFound):
    """No such consent that the caller gave, or that is about them."""

    code = "consent-not-found"
    title = "There is no such consent of yours"
    title_zh = "未找到您的授权同意"


class ConsentNotCovering(Forbidden):
    """The consent stands, for something else: another person, purpose, case, system or fact."""

    code = "consent-not-covering"
    title = "The consent does not cover this reading"
    title_zh = "授权同意不包含此项查询"


class ConsentEnded(Gone):
    """The consent ended before this reading: nothing was asked and nothing left."""

    code = "consent-ended"
    title = "The consent has ended"
    title_zh = "授权同意已结束"


class ConsentRevoked(ConsentEnded):
    """Withdrawn by whoever gave it, or by the person it is about."""

    code = "consent-revoked"
    title = "The consent was withdrawn"
    title_zh = "授权同意已撤回"


class ConsentExhausted(ConsentEnded):
    """Every use of it is used."""

    code = "consent-exhausted"
    title = "The consent has been used as often as it was given for"
    title_zh = "授权同意的使用次数已用完"


class ConsentExpired(ConsentEnded):
    """Its time is over."""

    code = "consent-expired"
    title = "The consent's time is over"
    title_zh = "授权同意已过有效期"
