"""What may be refused about the usage log."""

from chalicelib.errors import InvalidElsewhere


class UsageQueryInvalid(InvalidElsewhere):
    """The question breaks the Data Tracker's contract, which answers 400."""

    code = "usage-query-invalid"
    title = "The question about the usage log is not valid"
    title_zh = "使用记录的查询条件不正确"
