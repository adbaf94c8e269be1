"""Why a fact could not be had. All of them are temporary for the caller: nothing was done, try again."""

from chalicelib.errors import Unavailable


class DepartmentUnavailable(Unavailable):
    """The department did not answer in time, refused the call, or is not connected."""

    code = "department-unavailable"
    title = "The department is not answering at the moment; please try again shortly"
    title_zh = "相关部门暂时无法响应，请稍后重试"


class AnswerNotTrusted(DepartmentUnavailable):
    """The answer is not signed by the department, or answers another question: it counts for nothing."""

    code = "department-answer-invalid"
    title = "The department's answer could not be verified, so it was not used"
    title_zh = "相关部门的答复未通过验证，未予采用"
