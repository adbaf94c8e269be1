"""The errand of one citizen, done from outside: every step is a call that a page, a terminal or a person would make.

Knows the published calls alone and nothing of how they are answered; needs the standard library alone. Each run is
another citizen, drawn by chance, so that the errand can be run again and again.
"""

from sandbox.journey.errand import STEPS, Errand
from sandbox.journey.running import run

__all__ = ["STEPS", "Errand", "run"]
