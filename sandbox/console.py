"""Shows what is being done: a line per step with its time and what came back, rewritten in place on a terminal.

Knows nothing about the steps. Colours only where a person looks.
"""

import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

WIDTH = 24
GREEN, RED, DIM, BOLD, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


@dataclass(slots=True)
class Line:
    """One step's line while it is being done; `said` is what came back."""

    name: str
    said: str = ""
    begun: float = field(default_factory=time.monotonic)

    @property
    def ms(self) -> int:
        """How long it has taken so far."""
        return round((time.monotonic() - self.begun) * 1000)


def painted(text: str, colour: str) -> str:
    """`text` in `colour` on a terminal, and bare in a file."""
    return f"{colour}{text}{PLAIN}" if sys.stdout.isatty() else text


def heading(text: str) -> None:
    """Announce what the following lines belong to."""
    print(f"\n{painted(text, BOLD)}", flush=True)


@contextmanager
def step(name: str) -> Iterator[Line]:
    """Show `name` while the block runs, then its time and what it said; a raised error shows as a failed step."""
    line = Line(name)
    if sys.stdout.isatty():
        print(f"  · {_padded(name)}", end="\r", flush=True)
    try:
        yield line
    except BaseException:
        _finish(line, painted("✗", RED))
        raise
    _finish(line, painted("✓", GREEN))


def _finish(line: Line, mark: str) -> None:
    took = f"{line.ms:>7,} ms"
    print(f"  {mark} {_padded(line.name)} {painted(took, DIM)}   {line.said}".rstrip(), flush=True)


def _padded(text: str) -> str:
    """`text` filled to one width; a Chinese character takes two columns."""
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, WIDTH - columns)
