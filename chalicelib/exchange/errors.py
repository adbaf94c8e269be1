"""What may fail when a department is asked."""

from chalicelib.errors import Unavailable


class DepartmentUnavailable(Unavailable):
    """The department did not answer in time, or not in a form that can be trusted."""

    code = "department-unavailable"
    title = "The department does not answer at the moment; please try again shortly"
    title_zh = "部门数据接口暂时无法访问，请稍后重试"
    retry_after = 10
