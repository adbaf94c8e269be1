"""Citizen identity numbers as GB 11643-1999 builds them: region, birth date, sequence, check character.

It must not know whose they are.
"""

from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
BODY_LENGTH = 17
LENGTH = 18


def identity_number(region: str, born_on: date, sequence: int) -> str:
    """The number for a region code, a birth date and a sequence (odd: male, even: female)."""
    body = f"{region}{born_on:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """The 18th character over the first 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[
        sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    ]


def is_identity_number(text: str) -> bool:
    """Whether length, digits, birth date and check character hold."""
    body = text[:BODY_LENGTH]
    if (
        len(text) != LENGTH
        or not (body.isascii() and body.isdigit())
        or check_character(body) != text[BODY_LENGTH]
    ):
        return False
    try:
        date.fromisoformat(f"{body[6:10]}-{body[10:12]}-{body[12:14]}")
    except ValueError:
        return False
    return True
