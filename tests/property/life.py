"""What belongs to one history: phones and their tokens, what parties asked, what was told. Plain data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api import ApiAnswer
from tests.property.people import Resident, residents

Send = Callable[[], ApiAnswer]


@dataclass(frozen=True)
class Token:
    """What a login or refresh answered: the session, and until when the access token serves."""

    text: str
    session: str
    until: int
    refresh: str
    generation: int


@dataclass
class Phone:
    """An account of the payment app on somebody's phone, and every token that it ever got, the newest last."""

    open_id: str
    citizen_id: str = ""
    tokens: list[Token] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A party's signed request; sending it again sends the very same one."""

    party: int
    path: str
    body: Mapping[str, Any]
    key: str
    signature: str
    signed_at: int
    send: Send


@dataclass
class Life:
    """What belongs to one history, and is gone with it."""

    people: list[Resident] = field(default_factory=residents)
    phones: list[Phone] = field(default_factory=lambda: [Phone(f"open-{each}") for each in range(3)])
    scans: dict[str, str] = field(default_factory=dict)
    """Certify id -> "T", or "" while nobody has scanned."""
    lagging: bool = False
    """Whether every read that may be stale is."""
    asked: list[Asked] = field(default_factory=list)
    """What terminals asked, the newest last."""
    unsure: set[str] = field(default_factory=set)
    """Keys of requests of which one of several signatures counted."""
    lines: list[Any] = field(default_factory=list)
    """What the bureau may tell, the newest last."""
    told: dict[str, Any] = field(default_factory=dict)
    """A callback's id -> the line that it told."""
    relayed: int = 0
    looked: int = 0
    """How many of the table's changes were relayed, and looked at."""
    seen: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """The table's items as they were when last looked at."""
    written: list[str] = field(default_factory=list)
    """What was written and not read yet by whoever looks for secrets."""
