"""What may be refused about registration."""

from chalicelib.errors import Conflict, Forbidden, Gone, NotFound, Unavailable


class ChangedMeanwhile(Unavailable):
    """The record is a newer one than was read, and what was asked for may still be done to it."""


class SlotUnknown(NotFound):
    """No such slot, or no longer offered."""

    code = "slot-unknown"
    title = "There is no such slot; choose one from the list"
    title_zh = "号源不存在，请重新选择"


class SlotTaken(Conflict):
    """Somebody else holds or has the slot."""

    code = "slot-taken"
    title = "This slot has just been taken; choose another one"
    title_zh = "该号源已被占用，请选择其他时段"


class AlreadyRegistered(Conflict):
    """This person has a slot in this clinic session already."""

    code = "already-registered"
    title = "This person is registered in this clinic session already"
    title_zh = "该就诊人已挂本次门诊的号，不能重复挂号"


class TooManyAppointments(Conflict):
    """The person has as many appointments on that day as the city's rules allow."""

    code = "too-many-appointments"
    title = "This person has as many appointments on that day as one may have"
    title_zh = "该就诊人当日预约次数已达上限"


class Barred(Forbidden):
    """A sanction keeps the person from new registrations for a time."""

    code = "registration-barred"
    title = "Registration is suspended for this person after missed appointments"
    title_zh = "该就诊人因多次爽约，预约挂号已被暂停"


class ClinicStopped(Conflict):
    """The session will not take place."""

    code = "clinic-stopped"
    title = "This clinic session has been stopped"
    title_zh = "该门诊已停诊"


class ClinicUnknown(NotFound):
    """No such session of this hospital."""

    code = "clinic-unknown"
    title = "This hospital published no such clinic session"
    title_zh = "贵院未发布该门诊"


class ProposalStale(Conflict):
    """What was proposed is not what would happen now."""

    code = "proposal-stale"
    title = "This proposal no longer says what would change; propose again"
    title_zh = "该排班方案已失效，请重新预览"


class HoldExpired(Gone):
    """The slot is no longer held for this appointment."""

    code = "hold-expired"
    title = "The slot was not paid in time and is no longer held"
    title_zh = "支付超时，号源已释放，请重新挂号"


class AppointmentUnknown(NotFound):
    """No such appointment of the caller."""

    code = "appointment-not-found"
    title = "There is no such appointment"
    title_zh = "未找到该预约"


class AppointmentNotOpen(Conflict):
    """The appointment's state does not allow this."""

    code = "appointment-not-open"
    title = "The appointment's present state does not allow this"
    title_zh = "预约当前状态不允许此操作"


class CancelTooLate(Conflict):
    """The time for cancelling, and for moving, is over."""

    code = "cancel-too-late"
    title = "It is too late to cancel or move this appointment"
    title_zh = "已过可取消或改约的时间"


class RescheduleNotPossible(Conflict):
    """The appointment cannot be moved to that slot; the detail says why."""

    code = "reschedule-not-possible"
    title = "The appointment cannot be moved to this slot"
    title_zh = "无法改约到该号源"


class CheckInTooEarly(Conflict):
    """Check-in is not open yet."""

    code = "check-in-too-early"
    title = "Check-in is not open yet"
    title_zh = "尚未到签到时间"


class CheckInTooLate(Conflict):
    """Check-in is over."""

    code = "check-in-too-late"
    title = "The time for checking in is over"
    title_zh = "已超过签到时间"


class SanctionUnknown(NotFound):
    """No such sanction of the caller's person."""

    code = "sanction-not-found"
    title = "There is no such sanction of yours"
    title_zh = "未找到该爽约处理记录"


class SanctionNotOpen(Conflict):
    """The sanction's state does not allow this."""

    code = "sanction-not-open"
    title = "The sanction's present state does not allow this"
    title_zh = "该爽约处理记录当前状态不允许此操作"


class HospitalUnknown(NotFound):
    """No such hospital, or it takes no registrations."""

    code = "hospital-not-found"
    title = "There is no such hospital, or it takes no registrations here"
    title_zh = "未找到该医院或该医院未开放预约"
