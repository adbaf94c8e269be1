"""What may be refused about mandates."""

from chalicelib.errors import Conflict, Forbidden, Gone, NotFound


class MandateNotFound(NotFound):
    """No such mandate of the caller's, on either side."""

    code = "mandate-not-found"
    title = "There is no such mandate of yours"
    title_zh = "未找到您的亲情代办授权"


class MandateEnded(Gone):
    """The mandate was revoked, or has come to its end."""

    code = "mandate-ended"
    title = "The mandate has ended"
    title_zh = "亲情代办授权已结束"


class ActionNotMandated(Forbidden):
    """The mandate stands, for other actions than this one."""

    code = "action-not-mandated"
    title = "The mandate does not cover this action"
    title_zh = "该授权不包含此项操作"


class PersonUnknown(Forbidden):
    """The account has not shown yet whose it is."""

    code = "person-unknown"
    title = "We do not know yet who you are; bind your own card first"
    title_zh = "请先绑定您本人的电子社保卡"


class MandateToOneself(Conflict):
    """Agent and member are the same person."""

    code = "mandate-to-oneself"
    title = "Nobody needs a mandate for themselves; the family member's own face is needed"
    title_zh = "不能为本人设置亲情代办，请由家人本人完成人脸核验"


class MandateExists(Conflict):
    """The agent acts for this member already."""

    code = "mandate-exists"
    title = "There is a mandate for this family member already; revoke it to grant another one"
    title_zh = "已存在该家人的代办授权，如需变更请先解除"


class FamilySlotsFull(Conflict):
    """Every slot of the relation is in use."""

    code = "family-slots-full"
    title = "There is no free slot for another family member of this relation"
    title_zh = "该亲属关系的名额已用完"


class NotAGuardian(Forbidden):
    """The civil registry knows no guardianship of the agent's over this child."""

    code = "not-a-guardian"
    title = "The civil registry does not show you as this child's guardian"
    title_zh = "户籍登记未显示您为该未成年人的监护人"


class ChildOfAge(Conflict):
    """The child has come of age."""

    code = "child-of-age"
    title = "From 18 on nobody is represented as a child; they may grant a mandate themselves"
    title_zh = "年满18周岁不再适用未成年人代办，请由其本人授权"


class MemberUnderAge(Conflict):
    """A minor can only be represented as a child, by a guardian."""

    code = "member-under-age"
    title = "A person under 18 is represented as a child, by their guardian"
    title_zh = "未满18周岁的家人须由监护人以子女关系代办"


MANDATE_REFUSALS = (ActionNotMandated, MandateEnded, MandateNotFound)
"""What a step by a mandate may answer with."""
