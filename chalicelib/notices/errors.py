"""What may be refused about notices."""

from chalicelib.errors import Invalid


class NoticeKindUnknown(Invalid):
    """The catalogue has no text of this kind: the sender's mistake, and final."""

    code = "notice-kind-unknown"
    title = "There is no notice of this kind"
    title_zh = "未知的通知类型"
