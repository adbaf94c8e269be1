"""The days of card codes: when one begins (00:00 UTC), and the key that all its codes come from. Pure."""

from datetime import date

from chalicelib.platform.keys import Mac

AHEAD_SECONDS = 30
"""How far ahead of ours the minting machine's clock may be."""
_DAY_SECONDS = 86400
_FIRST = date(1970, 1, 1).toordinal()


def day_of(at: float) -> int:
    """The day of a moment in Unix seconds, counted from 1970-01-01."""
    return int(at) // _DAY_SECONDS


def day_key(mac: Mac, kind: str, epoch: str, day: int) -> bytes:
    """32 secret bytes for a day's codes of a kind (`sc1`); under another `epoch` every day has another key."""
    return mac.derive(f"{kind}{epoch}:{date.fromordinal(_FIRST + day)}")
