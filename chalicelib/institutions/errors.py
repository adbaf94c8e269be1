"""What may be refused to an institution, and what an institution's endpoint may refuse us."""

from chalicelib.errors import Conflict, Forbidden, NotFound, Unauthenticated


class KeyUnknown(Unauthenticated):
    """No registered, valid key of that id."""

    code = "key-unknown"
    title = "The signature's keyid names no registered key"
    title_zh = "签名密钥未登记"


class SignatureReplayed(Unauthenticated):
    """The signature's nonce was used before."""

    code = "signature-replayed"
    title = "This signed request was received before; sign a repetition anew"
    title_zh = "该签名请求已被接收，请重新签名后再试"


class TopicUnknown(NotFound):
    """Nobody listens to callbacks of this topic."""

    code = "topic-unknown"
    title = "There is no such callback topic"
    title_zh = "未知的回调主题"


class TopicForbidden(Forbidden):
    """An institution of this kind has nothing to say about this."""

    code = "topic-forbidden"
    title = "An institution of your kind may not send callbacks of this topic"
    title_zh = "贵机构无权发送该主题的回调"


class CallbackUnknown(NotFound):
    """The inbox has no such callback."""

    code = "callback-unknown"
    title = "There is no such callback in the inbox"
    title_zh = "未找到该回调记录"


class InstitutionUnknown(NotFound):
    """No institution is registered under this id."""

    code = "institution-unknown"
    title = "There is no such institution"
    title_zh = "未找到该机构"


class EndpointDisabled(Conflict):
    """The institution's endpoint said that it is gone; nothing is sent until it is registered again."""

    code = "endpoint-disabled"
    title = "The institution's event endpoint is disabled"
    title_zh = "机构事件接收地址已停用"
