"""The knobs: what goes wrong in the outside world, set by a test or by hand and forgotten at a restart.

It must not know how a fault is acted out: whoever has the fault asks here first.
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from pydantic import Field

from sandbox.origin.routing import Wire
from sandbox.payment_app.face_reasons import Reason

DepartmentId = Literal[
    "social-security",
    "real-estate",
    "civil-registry",
    "veterans",
    "civil-affairs",
    "provident-fund",
    "health",
    "disabled-persons",
    "education",
    "public-security",
]


class DepartmentFault(Wire):
    """How a department fails. `slow` answers after `seconds`, past anybody's patience if there are enough of them.

    `pending` says that it works on it, and to ask again in `seconds`. `lying` signs an answer to another question,
    `forged` signs with another key, `stale` signs one of two days ago, `huge` sends more than anybody reads. `twice`
    says something else whenever the same question comes again.
    """

    kind: Literal[
        "slow",
        "down",
        "pending",
        "lying",
        "forged",
        "unsigned",
        "malformed",
        "stale",
        "huge",
        "twice",
    ]
    seconds: float = Field(default=5.0, ge=0, le=120)


class NotificationFault(Wire):
    """What becomes of payment notifications sent while this stands."""

    kind: Literal["dropped", "doubled", "late", "forged", "reordered"]
    seconds: float = Field(default=5.0, ge=0, le=86_400)


class FeedFault(Wire):
    """What becomes of the bureau's feed. `reordered`: of two, the later first; `held`: none, while this stands."""

    kind: Literal["dropped", "doubled", "reordered", "held"]
    seconds: float = Field(default=30.0, ge=0, le=86_400)
    """How long the first of two waits to be passed at most."""


class SettlementFault(Wire):
    """What is wrong with what hospitals tell of their tills: nothing is told, or a fen too much."""

    kind: Literal["untold", "altered"]


class HospitalFault(Wire):
    """The status with which an institution's inbox answers, having kept nothing."""

    status: int = Field(ge=400, le=599)


class FaceFault(Wire):
    """How every face scan ends, whatever the page says; `pending` never ends."""

    outcome: Literal["failed", "pending"]
    reason: Reason | None = None


class InsurerFault(Wire):
    """How the medical insurance fails. `lost` acts and then answers with an error nobody can judge.

    `refusing` and `settlement-refusing` say no to a pre-settlement or a settlement; `full`, `other-split` and
    `miscounting` bend a pre-settlement's legs, `settlement-lying` a settlement's; `lying` answers another request.
    """

    kind: Literal[
        "down",
        "slow",
        "lost",
        "refusing",
        "settlement-refusing",
        "full",
        "other-split",
        "miscounting",
        "settlement-lying",
        "lying",
        "forged",
        "unsigned",
        "malformed",
    ]
    seconds: float = Field(default=5.0, ge=0, le=120)


class FundFault(Wire):
    """How the provident fund's payment desk fails. `lost` acts and then answers with an error nobody can judge.

    `refusing` says no to an order; `accepting` takes it in and pays when asked after it; `miscounting` tells of another
    amount; `lying` answers another request.
    """

    kind: Literal[
        "down",
        "slow",
        "lost",
        "refusing",
        "accepting",
        "miscounting",
        "lying",
        "forged",
        "unsigned",
        "malformed",
    ]
    seconds: float = Field(default=5.0, ge=0, le=120)


class GatewayFault(Wire):
    """How the open platform's gateway fails. `lost` acts and then answers with an error nobody can judge."""

    kind: Literal["down", "slow", "lost"]
    seconds: float = Field(default=5.0, ge=0, le=120)


class AddedLine(Wire):
    """A trade that the merchant never made, or a refund (with its request's number) that it never asked for."""

    order_no: str = Field(pattern=r"^\w{1,64}$")
    request_no: str = Field(default="", pattern=r"^\w{0,64}$")
    amount_fen: int = Field(ge=1, le=100_000_000)


class BillFault(Wire):
    """What is wrong with the platform's bills; lines are named by the order's number, or the refund request's."""

    absent: bool = False
    """No bill is ready yet."""
    early: bool = False
    """The day that is not over has a bill already."""
    drop: tuple[str, ...] = ()
    alter: dict[str, int] = Field(default_factory=dict)
    """Number -> what the bill says instead, in fen."""
    add: tuple[AddedLine, ...] = ()


class FaultSet(Wire):
    """Every fault that stands. An empty set is a healthy world."""

    department: dict[DepartmentId, DepartmentFault] = Field(default_factory=dict)
    notification: NotificationFault | None = None
    feed: FeedFault | None = None
    hospital: dict[str, HospitalFault] = Field(default_factory=dict)
    face: FaceFault | None = None
    gateway: GatewayFault | None = None
    bill: BillFault | None = None
    settlement: SettlementFault | None = None
    insurer: InsurerFault | None = None
    fund: FundFault | None = None
    time_scale: float = Field(default=1.0, ge=0, le=1.0)
    """What the notification's retry ladder is multiplied by: 0.001 turns four minutes into a quarter second."""


@dataclass(slots=True)
class Faults:
    """The faults that stand now."""

    _standing: FaultSet = field(default_factory=FaultSet)
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> FaultSet:
        """The standing set."""
        with self._lock:
            return self._standing

    def set(self, wanted: FaultSet) -> FaultSet:
        """Let exactly these stand."""
        with self._lock:
            self._standing = wanted
        return wanted
