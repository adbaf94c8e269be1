"""What may be refused about a hospital's rules."""

from chalicelib.errors import Conflict, NotFound


class PolicyUnknown(NotFound):
    """No such version of this hospital's rules."""

    code = "policy-not-found"
    title = "This hospital's rules have no such version"
    title_zh = "未找到该版本的挂号规则"


class PolicyNotTried(Conflict):
    """Nobody has seen what this version would have done, compared with the one it replaces."""

    code = "policy-not-tried"
    title = "This version needs a dry run against the version it replaces first"
    title_zh = "该版本尚未与拟替换的版本进行历史试算"


class PolicyReplaced(Conflict):
    """The version to be replaced is not the one that stands."""

    code = "policy-replaced"
    title = "Another version stands by now; look at it and try again"
    title_zh = "现行规则版本已变更，请核对后重试"


class PolicyNotOpen(Conflict):
    """A version that was activated or retired never changes again."""

    code = "policy-not-open"
    title = "This version was activated or retired before; propose a new one"
    title_zh = "该版本已启用或停用，请另行提交新版本"
