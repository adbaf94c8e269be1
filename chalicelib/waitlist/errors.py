"""What may be refused about the waitlist."""

from chalicelib.errors import Conflict, NotFound


class SlotsFree(Conflict):
    """Nobody need wait."""

    code = "slots-free"
    title = "There are still free slots that day; take one of them"
    title_zh = "当日仍有号源，请直接预约"


class EntryUnknown(NotFound):
    """No such entry of the caller."""

    code = "waitlist-entry-not-found"
    title = "There is no such waitlist entry"
    title_zh = "未找到该候补登记"


class EntryNotOpen(Conflict):
    """The entry's state does not allow this."""

    code = "waitlist-entry-not-open"
    title = "The waitlist entry's present state does not allow this"
    title_zh = "候补登记当前状态不允许此操作"


class AlreadyWaiting(Conflict):
    """The person stands in this queue already."""

    code = "already-waiting"
    title = "This person waits for this department on this day already"
    title_zh = "该就诊人已登记当日该科室的候补，不能重复登记"


class TooManyEntries(Conflict):
    """The person waits in too many queues."""

    code = "too-many-waitlist-entries"
    title = "This person waits in as many queues as is allowed; withdraw from one first"
    title_zh = "该就诊人的候补登记已达上限，请先退出其他候补"


class NoClinic(NotFound):
    """There is nothing to wait for."""

    code = "no-clinic-that-day"
    title = "There is no clinic to wait for that day"
    title_zh = "当日没有可候补的门诊"
