"""Facts about shares that a citizen, an institution or whoever has a link is told."""

from chalicelib.errors import Conflict, Gone, Invalid, NotFound, TooMany


class ShareNotFound(NotFound):
    """No such share, or none that the caller may know of: the two cannot be told apart."""

    code = "share-not-found"
    title = "There is no such share; the link may be incomplete"
    title_zh = "未找到该分享，链接可能不完整"


class ShareUsed(Gone):
    """It was read as often as it was meant to be."""

    code = "share-used"
    title = "This share has been used; ask its holder for a new one"
    title_zh = "该分享已被使用，请向持证人重新索取"


class ShareOver(Gone):
    """Nobody read it in time."""

    code = "share-over"
    title = "This share's time is over; ask its holder for a new one"
    title_zh = "该分享已过期，请向持证人重新索取"


class ShareRevoked(Gone):
    """Its holder took it back, or whoever shared it may no longer act for the holder."""

    code = "share-revoked"
    title = "This share was taken back by whoever made it"
    title_zh = "该分享已被撤回"


class CertificateNotStanding(Conflict):
    """The certificate is suspended, revoked or expired: nobody is shown it as if it held."""

    code = "certificate-not-standing"
    title = "The certificate is suspended, revoked or expired, so it cannot be shared or read"
    title_zh = "该证照已暂停、撤销或过期，不能分享或查看"


class ReceiverUnknown(Invalid):
    """No institution of this id takes part."""

    code = "share-receiver-unknown"
    title = "There is no such institution to share with"
    title_zh = "没有可分享的该机构"


class TooManyShares(TooMany):
    """So many shares a day are nobody's own."""

    code = "too-many-shares"
    title = "You have made many shares today; please go on tomorrow"
    title_zh = "今日分享次数已达上限，请明日再试"


SHARE_REFUSALS = (ShareNotFound, ShareUsed, ShareOver, ShareRevoked, CertificateNotStanding)
"""Why a share shows nothing."""
