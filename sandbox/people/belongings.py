"""What a person has on file at a bank: a phone number and an account. It must not know whose they are."""

from random import Random

from sandbox.people.cast import BankState
from sandbox.people.person import Bank

UNASSIGNED_PREFIX = "154"
"""Published numbering lists assign it to no operator, so that nobody's phone rings."""

BANKS = ("杭州银行", "中国工商银行", "中国农业银行", "中国银行", "中国建设银行", "浙江农商银行")
STATES: tuple[BankState, ...] = ("active",) * 8 + ("inactive", "none")
"""How it stands with an adult's account where nothing is settled; a child has none."""


def phone_number(random: Random) -> str:
    """A mobile number."""
    return f"{UNASSIGNED_PREFIX}{random.randrange(10**8):08d}"


def bank_account(random: Random, settled: BankState | None, *, adult: bool) -> Bank | None:
    """The account behind the card, or None. The same draws are made whatever is settled."""
    drawn: BankState = random.choice(STATES)
    name, ending = random.choice(BANKS), f"{random.randrange(10_000):04d}"
    state = settled or (drawn if adult else "none")
    return None if state == "none" else Bank(name, f"**** **** **** {ending}", state == "active")
