"""What may be wrong with a bill, or with a request to reconcile."""

from chalicelib.errors import Conflict, Unavailable


class BillNotReady(Unavailable):
    """The payment app has no bill for the day yet; that says nothing about what was traded."""

    code = "bill-not-ready"
    title = "The payment app has no bill for this day yet"
    title_zh = "支付平台尚未生成该日账单"


class BillUnreadable(Conflict):
    """What was given as the bill is not one that can be believed line by line."""

    code = "bill-unreadable"
    title = "The payment app's bill cannot be read"
    title_zh = "支付平台账单无法解析"
