"""What may be refused about cases."""

from chalicelib.errors import Conflict, NotFound


class CaseUnknown(NotFound):
    """There is no such case."""

    code = "case-unknown"
    title = "There is no such case"
    title_zh = "未找到该异常单"


class CaseNotOpen(Conflict):
    """The case was closed before."""

    code = "case-not-open"
    title = "This case is closed"
    title_zh = "该异常单已关闭"


class CaseMoved(Conflict):
    """Somebody else has just done something about the case."""

    code = "case-moved"
    title = "Somebody has just done something about this case; look again"
    title_zh = "该异常单刚刚被处理，请刷新后重试"


class DeedImpossible(Conflict):
    """What was asked for cannot be done about a case of this kind, or as it stands."""

    code = "deed-impossible"
    title = "That cannot be done about this case"
    title_zh = "无法对该异常单执行此操作"
