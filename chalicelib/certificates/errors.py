"""Facts about certificates that a caller or a worker is told. No text here may hold a name or a number."""

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class CertificateTypeUnknown(Invalid):
    """The catalogue has no such type."""

    code = "certificate-type-unknown"
    title = "There is no certificate of this type; see /v1/certificate-types"
    title_zh = "没有该类型的证照"


class CertificateStillPaper(Conflict):
    """A type whose facts cannot be had from any department yet: it is told in the catalogue, with where to go."""

    code = "certificate-still-paper"
    title = "This certificate is still on paper and cannot be requested here yet"
    title_zh = "该证明暂未电子化，暂不能在线申请"


class CertificateOwnOnly(Forbidden):
    """A type that nobody may request for somebody else."""

    code = "certificate-own-only"
    title = "This certificate can only be requested by its holder"
    title_zh = "该证照仅限本人申请，不支持亲情代办"


class CertificateNotFound(NotFound):
    """No such certificate, or none that the caller may know of: the two cannot be told apart."""

    code = "certificate-not-found"
    title = "There is no such certificate"
    title_zh = "未找到该证照"


class CertificateRevoked(Conflict):
    """A revoked certificate stays revoked."""

    code = "certificate-revoked"
    title = "The certificate is revoked for good"
    title_zh = "该证照已撤销，不可恢复"


class CertificateNotReady(Conflict):
    """The certificate is not issued (yet), so there is nothing to download."""

    code = "certificate-not-ready"
    title = "The certificate has not been issued"
    title_zh = "证照尚未签发"


class ReviewNotOpen(Conflict):
    """Nobody has to look at this request, or somebody has decided it."""

    code = "review-not-open"
    title = "This request waits for nobody's decision"
    title_zh = "该申请当前无需人工审核"


class ReviewNeedsAnother(Conflict):
    """A refusal is decided by two: this person has said so already."""

    code = "review-needs-another"
    title = "A refusal takes a second person"
    title_zh = "不予出具须由另一名工作人员复核确认"


class GlyphMissing(Conflict):
    """The typeface has no glyph for a character: refused, because an empty box certifies nothing."""

    code = "glyph-missing"
    title = "A rare character cannot be printed yet; an office will complete this certificate"
    title_zh = "含有暂不支持的生僻字，将由工作人员协助办理"


class StatusPlaceTaken(Unavailable):
    """Another certificate took this place in a status list at the very same moment: nothing was done, try again."""


class StatusListUnknown(NotFound):
    """No certificate's status is in a list of this number."""

    code = "status-list-unknown"
    title = "There is no such status list"
    title_zh = "未找到该证照状态列表"
