"""A card shown to be looked at (亮证): its masked face, and a watermark that cannot be yesterday's.

Pure data and rules. A screenshot shows the same face. What it cannot show is a nonce that still answers: whoever
checks asks for it.
"""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime

from chalicelib.types import CHINA, Model

LICENCE_LIFE = timedelta(seconds=60)
ISSUER_ZH = "中华人民共和国人力资源和社会保障部"
ISSUER_EN = "Ministry of Human Resources and Social Security of the People's Republic of China"
NONCE_BITS = 50
_HALF = 5
NONCE_LENGTH = 2 * _HALF
_NONCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")
_READ_AS = str.maketrans("ILO", "110")
"""Crockford: what an eye may read for another character."""


class Showing(Model):
    """Which card is shown, by whose mandate if it is a relative's, from when until when."""

    card_id: str
    mandate_id: str | None
    shown_at: AwareDatetime
    valid_until: AwareDatetime


class Words(NamedTuple):
    """One text in Chinese and English."""

    zh: str
    en: str


def in_halves(nonce: str) -> str:
    """`K7QM2-F9XA3`: as it is shown and read out."""
    return f"{nonce[:_HALF]}-{nonce[_HALF:]}"


def plain(written: str) -> str | None:
    """The nonce that somebody typed as they saw it; None where it cannot be one."""
    nonce = written.upper().replace("-", "").replace(" ", "").translate(_READ_AS)
    return nonce if _NONCE.fullmatch(nonce) else None


def watermark(nonce: str, moment: datetime) -> Words:
    """What lies over the face: that it is for this look only, and when and under which nonce it was shown."""
    at = f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    return Words(
        f"仅供现场查验 {at} {in_halves(nonce)}",
        f"For checking on the spot only, {at} Beijing time, {in_halves(nonce)}",
    )
