"""What may be refused about service items. No text here may hold a name or a number."""

from chalicelib.errors import Conflict, NotFound


class MatterNotFound(NotFound):
    """The catalogue has no such service item."""

    code = "matter-not-found"
    title = "There is no such service item; see /v1/matters"
    title_zh = "未找到该政务服务事项"


class MatterNotOnline(Conflict):
    """The item stands in the catalogue for what it asks for; it cannot be applied for here yet."""

    code = "matter-not-online"
    title = "This service item cannot be applied for here yet"
    title_zh = "该事项暂不支持在线办理"


class ApplicationUnderWay(Conflict):
    """The person has an application for this item that is not at its end."""

    code = "application-under-way"
    title = "There is an application of yours for this item already; wait until it is decided"
    title_zh = "您已有一笔该事项的申请正在办理，请等待办结"


class ApplicationNotFound(NotFound):
    """No such application of the caller."""

    code = "application-not-found"
    title = "There is no such application of yours"
    title_zh = "未找到您的申请"
