"""What is true of sessions, scans, cards, mandates and codes, and what follows from it at once."""

from dataclasses import dataclass, field

OK = "ok"
TOKEN_LIFE, REPEAT_LIFE, SESSION_LIFE = 1800, 60, 30 * 86400
SCAN_LIFE = 1800
CODE_LIFE, OFFLINE_LIFE = 60, 24 * 3600
DAY = REDEEM_WITHIN = 86400
AHEAD = 30
SPEND_LIMIT = 20_000
SLOTS = {"elder": 4, "child": 3, "spouse": 1, "other": 2}
UNUSABLE = {each: f"card-{each}" for each in ("suspended", "locked", "unlinked", "cancelled")}


class Problem(Exception):
    """What ought to be answered instead of OK. Nothing of the deed happens."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Session:
    """A login. `scans` are what was proved in it: the purpose's last scan."""

    phone: int
    ends: int
    refreshed: int
    generation: int = 0
    over: bool = False
    scans: dict[str, str] = field(default_factory=dict)


@dataclass
class Scan:
    """A passed face scan."""

    phone: int
    session: str
    person: int
    purpose: str
    until: int


@dataclass
class Card:
    """A card of a person; `owner` is the phone that has it, None where only family shows it."""

    person: int
    owner: int | None
    word: str
    version: int
    bound_by: str
    id: str = ""
    reported: bool = False
    given_up: bool = False
    bank: bool = False
    in_wallet: bool = True
    stops: list[int] = field(default_factory=list)
    """When it went out of use."""
    moves: list[int] = field(default_factory=list)
    """When it left a phone for another: a code of that second or before is dead."""

    @property
    def status(self) -> str:
        if self.word == "cancelled":
            return "cancelled"
        if self.given_up:
            return "unlinked"
        if self.word == "locked":
            return "locked"
        return "suspended" if self.word == "lost" or self.reported else "bound"

    @property
    def ended(self) -> bool:
        return self.status in {"unlinked", "cancelled"}

    @property
    def level(self) -> int:
        return 2 if self.bank else 1

    def usable(self) -> None:
        if self.status != "bound":
            raise Problem(UNUSABLE[self.status])

    def linkable(self) -> None:
        """What wants a card in use."""
        self.free_of_holds()
        if self.reported:
            raise Problem("card-transition-refused")

    def free_of_holds(self) -> None:
        """What wants a card that lives, and that the bureau does not hold."""
        if self.ended:
            raise Problem(UNUSABLE[self.status])
        if self.word != "active":
            raise Problem("card-held-by-bureau")


@dataclass
class Mandate:
    """A person lets an agent act for them, in the agent's account on this phone."""

    agent: int
    phone: int
    member: int
    relation: str
    actions: tuple[str, ...]
    until: int
    scan: str
    id: str = ""
    closed: bool = False
    card: int | None = None
    """The card that the agent carries by it."""

    @property
    def wish(self) -> tuple[object, ...]:
        return self.relation, self.actions, self.until

    def require(self, now: int, *actions: str) -> None:
        """That it stands, and covers one of these."""
        if not self.stands(now):
            raise Problem("mandate-ended")
        if not set(actions) & set(self.actions):
            raise Problem("action-not-mandated")

    def stands(self, now: int) -> bool:
        return not self.closed and now < self.until


@dataclass
class Code:
    """A code that was shown, and what used it up."""

    kind: str
    card: int
    minted_at: int
    phone: int
    mandate: int | None = None
    use: "Use | None" = None
    used_at: int = 0
    presented: int | None = None
    """When an offline code was shown, as its counter told afterwards."""
    signatures: set[str] = field(default_factory=set)
    """Of every request that was answered: each serves once."""
    disputed: bool = False


@dataclass(frozen=True)
class Use:
    """A terminal's request: what it asked, and the signature by which it came."""

    party: int
    business_type: str
    asked: str
    signature: str
