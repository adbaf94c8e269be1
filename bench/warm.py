"""Warm processes, one per contender, that are asked for a number of requests at a time."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.ground import Ground

REQUESTS = 100


@contextmanager
def warm(ground: Ground, module: str, event: dict[str, Any]) -> Iterator[Callable[[], float]]:
    """A process of its own that runs `app` of this module; calling it gives the CPU microseconds of one request."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.warm_process", module, json.dumps(event)],
        env=ground.environment | {"PYTHONPATH": str(Path.cwd())},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stderr
        ask, told = process.stdin, process.stderr

        def turn() -> float:
            ask.write(f"{REQUESTS}\n")
            ask.flush()
            return float(told.readline())

        try:
            yield turn
        finally:
            ask.close()
