"""What may be refused about cards and codes."""

from chalicelib.errors import Conflict, Gone, Invalid, NotFound


class PersonNotInsured(NotFound):
    """The social-security department knows no such insured person."""

    code = "person-not-insured"
    title = "The social-security department has no insured person of this name and number"
    title_zh = "未查询到参保信息，请联系参保地社保部门"


class CardAlreadyBound(Conflict):
    """This person's card is bound already."""

    code = "card-already-bound"
    title = "This person's card is bound already; unlink it first"
    title_zh = "该人员已绑定电子社保卡，请先解除关联"


class CardNotFound(NotFound):
    """No such card of this citizen."""

    code = "card-not-found"
    title = "There is no such card of yours"
    title_zh = "未找到您的电子社保卡"


class CardNotUsable(Conflict):
    """The card is suspended, locked, unlinked or cancelled."""

    code = "card-not-usable"
    title = "The card cannot be used at present"
    title_zh = "电子社保卡当前不可用"


class CodeInvalid(Invalid):
    """Not a code of ours, or changed."""

    code = "code-invalid"
    title = "This is not a valid card code; scan it again without trimming it"
    title_zh = "卡码无效，请重新扫描"


class CodeExpired(Gone):
    """The code's minute is over."""

    code = "code-expired"
    title = "The card code has expired; ask for a fresh one"
    title_zh = "卡码已过期，请刷新后重试"


class CodeUsed(Conflict):
    """The code was decoded before."""

    code = "code-used"
    title = "The card code was used already; ask for a fresh one"
    title_zh = "卡码已使用，请刷新后重试"
