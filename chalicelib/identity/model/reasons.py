"""Why a face scan fails, as codes that programs decide by and texts that people read. Pure data."""

from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """Why a scan failed."""

    NOT_MATCHED = "not-matched"
    NAME_NUMBER_MISMATCH = "name-number-mismatch"
    LIVENESS = "liveness"
    QUIT = "quit"
    POOR_PICTURE = "poor-picture"
    NO_PORTRAIT = "no-portrait"
    OTHER = "other"


class Words(NamedTuple):
    """One text in both languages; it says what to do next."""

    zh: str
    en: str


WORDS = {
    Reason.NOT_MATCHED: Words(
        "人脸与证件照片不一致，请由本人正对屏幕重试",
        "The face does not match the portrait on record; scan your own face, looking straight at the screen",
    ),
    Reason.NAME_NUMBER_MISMATCH: Words(
        "姓名与身份证号码不一致，请核对后重试",
        "The name does not belong to the identity number; check both and try again",
    ),
    Reason.LIVENESS: Words(
        "未能确认是真人操作，请按提示完成动作",
        "We could not tell that a living person was scanning; follow the prompts and try again",
    ),
    Reason.QUIT: Words("您已退出人脸核验，可重新开始", "The scan was left before its end; start it again"),
    Reason.POOR_PICTURE: Words(
        "画面不够清晰，请在光线充足处摘下遮挡物重试",
        "The picture is not clear enough; find good light, uncover the face and try again",
    ),
    Reason.NO_PORTRAIT: Words(
        "未查询到可比对的证件照片，请先在公安机关更新证件照",
        "There is no portrait on record to compare with; have the police update the portrait first",
    ),
    Reason.OTHER: Words("人脸核验未通过，请稍后重试", "The scan did not pass; please try again shortly"),
}
"""What each reason tells the citizen."""
