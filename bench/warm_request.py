"""The row `warm-request`: validated JSON, one conditional write, a log line and a metric, in a process that is warm."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.ground import Ground
from bench.measure import Row, compared, rounds

ROUNDS = 61
REQUESTS = 100
GOAL = 1.3
WHY = "the log line and the metric are written by Powertools, at half of what is added"
_BODY = {
    "slotId": "slot_01JABCDEFGHJKMNPQRSTVWXYZ0",
    "cardId": "card_01JABCDEFGHJKMNPQRSTVWXYZ0",
    "places": 2,
}


def measure(ground: Ground) -> Row:
    """Our platform against Chalice, pydantic and the stock client that make the same call."""
    with ExitStack() as stack:
        taken = rounds(
            {
                name: stack.enter_context(_warm(ground, module))
                for name, module in (("ours", "bench.platform_app"), ("bare", "bench.bare.chalice_app"))
            },
            ROUNDS,
        )
    return compared("warm-request", "us CPU", GOAL, taken["ours"], taken["bare"], WHY)


@contextmanager
def _warm(ground: Ground, module: str) -> Iterator[Callable[[], float]]:
    """A warm process of its own; calling it gives the CPU microseconds of one request."""
    event = json.dumps(ground.event("POST", "/v1/reservations", _BODY))
    with subprocess.Popen(
        [sys.executable, "-m", "bench.warm_process", module, event],
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
