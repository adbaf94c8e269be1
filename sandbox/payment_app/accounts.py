"""Payment-app accounts as an app sees them: each app has its own open_id for a user.

It must not know trades or codes.
"""

import hashlib
from functools import cache

from sandbox.people import People

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OPEN_ID_LENGTH = 46


@cache
def open_id(app_id: str, user_id: str) -> str:
    """The user's id within one app: stable there, and telling nothing about the user elsewhere."""
    number = int.from_bytes(hashlib.sha512(f"open-id|{app_id}|{user_id}".encode()).digest())
    letters = []
    for _ in range(_OPEN_ID_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "0" + "".join(letters)


def find_open_id(people: People, app_id: str, wanted: str) -> str | None:
    """The user behind an app's open_id, or None."""
    users = (person.user_id for person in people.everybody)
    return next((user for user in users if open_id(app_id, user) == wanted), None)


def logon_id(user_id: str) -> str:
    """The masked login name that the platform shows to merchants."""
    return f"{user_id[-3:]}***@example.com"
