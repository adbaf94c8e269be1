"""What may be refused about cards and codes."""

from chalicelib.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unavailable


class PersonNotInsured(NotFound):
    """The social-security department knows no such insured person."""

    code = "person-not-insured"
    title = "The social-security department has no insured person of this name and number"
    title_zh = "未查询到参保信息，请联系参保地社保部门"


class PhysicalCardLost(Conflict):
    """The physical card is reported lost."""

    code = "physical-card-lost"
    title = "The physical card is reported lost; cancel the report at the bureau first"
    title_zh = "实体社保卡已挂失，请先向社保部门解除挂失"


class PhysicalCardLocked(Conflict):
    """The bureau has locked the physical card."""

    code = "physical-card-locked"
    title = "The physical card is locked by the bureau"
    title_zh = "实体社保卡已被社保部门锁定"


class PhysicalCardCancelled(Conflict):
    """The bureau has cancelled the physical card."""

    code = "physical-card-cancelled"
    title = "The physical card is cancelled; ask the bureau for a new one"
    title_zh = "实体社保卡已注销，请向社保部门申领新卡"


class BureauAnswerStale(Unavailable):
    """The bureau's answer is older than what its feed told before: nothing is bound by it."""

    code = "bureau-answer-stale"
    title = "The bureau's records are changing at this moment; please try again shortly"
    title_zh = "社保部门的数据正在更新，请稍后重试"


class CardAlreadyBound(Conflict):
    """This person's card is bound already."""

    code = "card-already-bound"
    title = "This person's card is bound already; move it here, or unlink it first"
    title_zh = "该人员已绑定电子社保卡，可将其转移到本账户，或先解除关联"


class CardNotFound(NotFound):
    """No such card of this citizen."""

    code = "card-not-found"
    title = "There is no such card of yours"
    title_zh = "未找到您的电子社保卡"


class CardNotOwn(Forbidden):
    """A family member's card: only its own person may do this."""

    code = "card-not-own"
    title = "Only the card's own holder may do this"
    title_zh = "仅持卡人本人可以执行此操作"


class CardBusy(Unavailable):
    """Another request changed this card at the same moment, again and again."""

    code = "card-busy"
    title = "The card is being changed by another request; please try again shortly"
    title_zh = "电子社保卡正在被其他操作修改，请稍后重试"


class CardTransitionRefused(Conflict):
    """The card's present state does not allow this."""

    code = "card-transition-refused"
    title = "The card's present state does not allow this; resume it first"
    title_zh = "电子社保卡当前状态不允许此操作，请先恢复使用"


class CardHeldByBureau(CardTransitionRefused):
    """The physical card is lost or locked by the bureau's word: only the bureau can change that."""

    code = "card-held-by-bureau"
    title = "The bureau holds the physical card as lost or locked; only the bureau can release it"
    title_zh = "实体社保卡处于挂失或锁定状态，须由社保部门解除"


class BankAccountMissing(Conflict):
    """The bureau knows no bank account of this card."""

    code = "bank-account-missing"
    title = "The bureau knows no bank account of this card; open it at the card's bank"
    title_zh = "该社保卡未开通银行账户，请先到发卡银行开通"


class BankAccountInactive(Conflict):
    """The card's bank account is not active."""

    code = "bank-account-inactive"
    title = "The card's bank account is not active; activate it at the card's bank"
    title_zh = "该社保卡银行账户未激活，请先到发卡银行激活"


class PhoneNotMatched(Conflict):
    """The bank knows another phone number."""

    code = "phone-not-matched"
    title = "The phone number is not the one on file at the card's bank"
    title_zh = "手机号与银行预留手机号不一致"


class CardNotUsable(Conflict):
    """The card is suspended, locked, unlinked or cancelled."""

    code = "card-not-usable"
    title = "The card cannot be used at present"
    title_zh = "电子社保卡当前不可用"


class CardSuspended(CardNotUsable):
    """Its holder suspended it, or the physical card is reported lost."""

    code = "card-suspended"
    title = "The card is suspended"
    title_zh = "电子社保卡已暂停使用"


class CardLocked(CardNotUsable):
    """The bureau has locked the physical card."""

    code = "card-locked"
    title = "The card is locked by the bureau"
    title_zh = "电子社保卡已被社保部门锁定"


class CardUnlinked(Gone, CardNotUsable):
    """Its holder gave it up; another one may be bound."""

    code = "card-unlinked"
    title = "The card was unlinked; bind it anew"
    title_zh = "电子社保卡已解除关联，请重新绑定"


class CardCancelled(Gone, CardNotUsable):
    """The physical card is cancelled, or its person has died."""

    code = "card-cancelled"
    title = "The card is cancelled"
    title_zh = "电子社保卡已注销"


UNUSABLE: dict[str, type[CardNotUsable]] = {
    "suspended": CardSuspended,
    "locked": CardLocked,
    "unlinked": CardUnlinked,
    "cancelled": CardCancelled,
}
"""A card's status -> why it cannot be used."""


def unusable(status: str) -> CardNotUsable:
    """Why a card of this status (or a wallet's entry of it) cannot be used."""
    return UNUSABLE.get(status, CardNotUsable)()


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


class CodeDoubleSpent(Conflict):
    """The offline code was used before: at another counter, or at this one for something else."""

    code = "code-double-spent"
    title = "The offline code was spent before; its holder is told"
    title_zh = "该离线码已被使用，系统已通知持卡人"


class OfflineLimitExceeded(Conflict):
    """More was paid than an offline code is worth."""

    code = "offline-limit-exceeded"
    title = "The amount is above what may be paid with this offline code"
    title_zh = "金额超过该离线码的支付限额"


class UsageNotFound(NotFound):
    """No such use in this log."""

    code = "usage-not-found"
    title = "There is no such use of your card"
    title_zh = "未找到该用卡记录"
