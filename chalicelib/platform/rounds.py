"""Trying again where others write the same item: after a pause by chance, so that those who lost do not meet again.

Whoever writes over what they saw loses to each one who was faster, once. Knows neither item nor writer.
"""

from collections.abc import Iterator
from random import SystemRandom
from time import sleep

MOST = 16
"""Tries, unless somebody says otherwise: one person's fingers on many devices may all be faster."""
_FIRST, _LONGEST = 0.008, 0.25
"""The first pause's bound, which doubles, and where it stops (s): 16 tries wait 1.5 s in all, 3 s at most."""

_chance = SystemRandom()


def rounds(most: int = MOST) -> Iterator[int]:
    """Numbers of tries from 0; before each but the first a pause of any length up to a bound that grows."""
    for number in range(most):
        if number:
            sleep(_chance.uniform(0, min(_LONGEST, _FIRST * 2 ** (number - 1))))
        yield number
