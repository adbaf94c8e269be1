"""What may be refused when a citizen proves who they are."""

from chalicelib.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated


class AuthCodeInvalid(Unauthenticated):
    """The payment app does not know the code, or it was used."""

    code = "auth-code-invalid"
    title = "The authorisation code is unknown or was used already; ask the payment app for a new one"
    title_zh = "授权码无效或已使用，请重新授权"


class SessionEnded(Unauthenticated):
    """The session was logged out, revoked, or has come to its end."""

    code = "session-ended"
    title = "This session has ended; please log in again"
    title_zh = "登录已退出，请重新登录"


class RefreshTokenInvalid(Unauthenticated):
    """A refresh token that we never wrote, or that was changed."""

    code = "refresh-token-invalid"
    title = "The refresh token is not valid; please log in again"
    title_zh = "续期凭证无效，请重新登录"


class RefreshTokenReused(Unauthenticated):
    """A refresh token came again long after it had served: two devices hold what one was given."""

    code = "refresh-token-reused"
    title = "This refresh token was used before, so the session was ended for safety; please log in again"
    title_zh = "续期凭证已被使用，为保障安全已退出登录，请重新登录"


class IdentityNumberInvalid(Invalid):
    """An identity number with a wrong length, birth date or check character."""

    code = "identity-number-invalid"
    title = "The identity number is not valid; please check each digit"
    title_zh = "身份证号码不正确，请逐位核对"


class IdentityMismatch(Conflict):
    """The name does not belong to the number."""

    code = "identity-mismatch"
    title = "The name does not belong to the identity number"
    title_zh = "姓名与身份证号码不匹配"


class PersonDeceased(Conflict):
    """The person of this number has died."""

    code = "person-deceased"
    title = "By the department's record this person has died"
    title_zh = "根据主管部门的记录，该人员已去世"


class VerificationNotFound(NotFound):
    """No such face verification of this citizen."""

    code = "verification-not-found"
    title = "There is no such face verification of yours"
    title_zh = "未找到您的人脸核验记录"


class FacePending(Conflict):
    """The citizen has not scanned yet."""

    code = "face-pending"
    title = "The face has not been scanned yet"
    title_zh = "尚未完成人脸核验"


class FaceNotPassed(Conflict):
    """The scan failed: it was not this person, or the picture was not good enough."""

    code = "face-not-passed"
    title = "The face scan did not pass; please try again in good light"
    title_zh = "人脸核验未通过，请在光线充足处重试"


class VerificationExpired(Gone):
    """The scan is too old for this step."""

    code = "verification-expired"
    title = "The face verification has expired; please scan again"
    title_zh = "人脸核验已过期，请重新核验"


class VerificationPurpose(Conflict):
    """The scan was made for something else."""

    code = "verification-purpose"
    title = "The face verification was made for another purpose; please scan again for this one"
    title_zh = "人脸核验用途不符，请重新核验"


class VerificationSession(Conflict):
    """The scan was made in another session of the same citizen, which may be another device."""

    code = "verification-session"
    title = "The face was scanned in another session; please scan again in this one"
    title_zh = "人脸核验来自其他登录，请在本次登录中重新核验"


class VerificationPerson(Conflict):
    """The scan showed another person than the one this step is about."""

    code = "verification-person"
    title = "The face that was scanned is not that of the person whom this step is about"
    title_zh = "人脸核验的人员与本次办理的人员不符"


class FaceAttemptsExhausted(TooMany):
    """This person's face was scanned, or failed, as often as one day allows."""

    code = "face-attempts-exhausted"
    title = "There were too many face scans of this person today; please try again tomorrow"
    title_zh = "今日人脸核验次数已达上限，请明日再试"


class FaceRequired(Forbidden):
    """The step wants a face, and this session has none that serves."""

    code = "face-required"
    title = "This step needs a face scan; please scan first"
    title_zh = "该操作需要人脸核验，请先核验"


class ReceiptInvalid(Forbidden):
    """A receipt that we never signed, or that was changed."""

    code = "receipt-invalid"
    title = "The receipt of the face scan is not valid; please scan again"
    title_zh = "人脸核验凭证无效，请重新核验"


PROOF_REFUSALS = (
    FaceNotPassed,
    FacePending,
    ReceiptInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPerson,
    VerificationPurpose,
    VerificationSession,
)
"""What a step that is shown a proof of a face scan may answer with."""
FACE_REFUSALS = (FaceRequired, *PROOF_REFUSALS)
"""The same for a step that also serves without one, on the strength of what the session proved before."""
