"""The categories of refusal. A category owns the HTTP status, a fact (subclass) owns its code and titles.

Knows nothing of HTTP libraries, storage or any capability. No text here or in a subclass may hold an identity
number, a name, a token, or tell whether another person exists.
"""

from typing import ClassVar


class AppError(Exception):
    """A refusal that a caller can understand and act on (RFC 9457 problem).

    `detail` says what to do, in English and Chinese; it is the only text that an instance may add.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    title_zh: ClassVar[str] = "系统出错，请稍后再试"

    def __init__(self, detail: str = "", detail_zh: str = "") -> None:
        """Keep the instance's own words; the constant ones belong to the class."""
        super().__init__(self.code)
        self.detail = detail
        self.detail_zh = detail_zh


class Malformed(AppError):
    """400: the request is not well-formed, so nothing of it was read."""

    status = 400
    code = "malformed-json"
    title = "The request body is not valid JSON"
    title_zh = "请求内容不是有效的 JSON"


class Unauthenticated(AppError):
    """401: we do not know who calls."""

    status = 401


class Forbidden(AppError):
    """403: we know who calls, and they may not."""

    status = 403
    code = "forbidden"
    title = "You may not do this"
    title_zh = "您没有权限执行此操作"


class NotFound(AppError):
    """404: no such thing, or none that the caller may know of."""

    status = 404
    code = "not-found"
    title = "There is no such thing"
    title_zh = "未找到"


class Conflict(AppError):
    """409: the thing's present state refuses this."""

    status = 409


class Gone(AppError):
    """410: it was there, and its time is over."""

    status = 410


class Invalid(AppError):
    """422: the payload was read and breaks a rule; `errors` points at each place."""

    status = 422
    code = "payload-invalid"
    title = "Some fields are not valid"
    title_zh = "部分字段不正确"

    def __init__(self, *errors: tuple[str, str], detail: str = "", detail_zh: str = "") -> None:
        """`errors` are pairs of JSON pointer and what to do about it."""
        super().__init__(detail, detail_zh)
        self.errors = errors


class InvalidElsewhere(Invalid):
    """400: the same, where a contract that is not ours wants that status."""

    status = 400


class TooMany(AppError):
    """429: often enough for now; `retry_after` seconds from now it may be tried again."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        """`retry_after`: whole seconds, at least one."""
        super().__init__()
        self.retry_after = max(1, retry_after)


class Unavailable(AppError):
    """503: try again after `retry_after` seconds; nothing was half-done."""

    status = 503
    code = "unavailable"
    title = "The service is busy, please try again shortly"
    title_zh = "系统繁忙，请稍后重试"
    retry_after: ClassVar[int] = 2
