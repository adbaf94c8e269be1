"""Valid data to start from: a test says only what matters to it. Everybody here is made up."""

from datetime import date
from itertools import count

from sandbox.identity_numbers import identity_number

_sequence = count(101)

NAMES = ("张伟", "王芳", "李娜", "刘洋", "陈静", "欧阳娜娜")


def an_identity_number(region: str = "330102", born_on: date = date(1990, 5, 17)) -> str:
    """A number with a correct check character, another one each time (up to 898 of one birthday)."""
    return identity_number(region, born_on, next(_sequence) % 899 + 100)


def a_wrong_identity_number() -> str:
    """A number whose check character is wrong."""
    number = an_identity_number()
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def an_auth_code() -> str:
    """What `my.getAuthCode` gives."""
    return f"{next(_sequence):032x}"
