"""What may be refused about counters' codes, the presences that come of them, and cards that are looked at."""

from chalicelib.errors import Gone, Invalid, NotFound


class CounterCodeInvalid(Invalid):
    """Not a counter's code of ours, or changed."""

    code = "counter-code-invalid"
    title = "This is not a valid counter code; scan the code at the counter again"
    title_zh = "柜台码无效，请重新扫描柜台上的二维码"


class CounterCodeWithdrawn(Gone):
    """The counter's institution took the code down, or takes part no more."""

    code = "counter-code-withdrawn"
    title = "This counter code was withdrawn; ask at the counter for the current one"
    title_zh = "该柜台码已停用，请向工作人员索取新的柜台码"


class CounterCodeNotFound(NotFound):
    """No such counter code of this institution."""

    code = "counter-code-not-found"
    title = "There is no such counter code of yours"
    title_zh = "未找到贵机构的该柜台码"


class PresenceNotFound(NotFound):
    """No such presence at this institution."""

    code = "presence-not-found"
    title = "There is no such presence at your counters"
    title_zh = "未找到该到场记录"


class PresenceExpired(Gone):
    """The presence's ten minutes are over."""

    code = "presence-expired"
    title = "The presence has expired; ask the person to scan the counter code again"
    title_zh = "到场记录已过期，请对方重新扫描柜台码"


class LicenceUnknown(NotFound):
    """Nobody shows a card under this nonce now."""

    code = "licence-unknown"
    title = "No card is being shown under this code at present"
    title_zh = "该查验码无效或已过期"
