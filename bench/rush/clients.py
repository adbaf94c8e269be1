"""The starter's end of `bench/rush/crowd.py`: asks for a rush, and tells what came of it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from bench.rush.rules import Turn
from sandbox.emulator import CREDENTIALS, plain_environment
from sandbox.place import ROOT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one rush. `waits` are seconds from a person's turn until their hold; `cpu` the clients' seconds."""

    held: int
    stands: int
    free: int
    seconds: float
    waits: list[float]
    cpu: float
    calls: int
    units: int
    refused_units: int
    told_units: float

    def sold_out(self, turn: Turn) -> bool:
        """Whether every slot has exactly one person, every person one slot, and nobody was told anything else."""
        return self.held == self.stands == sum(turn.places) and not self.free

    @property
    def wasted(self) -> float:
        """Calls for each sale that sold nothing."""
        return (self.calls - self.held) / self.held


class Clients:
    """The process that plays the people."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def rush(self, turn: Turn) -> Outcome:
        """One rush."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(turn)) + "\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        if not told:
            raise RuntimeError(f"the clients failed in {turn.name} on {turn.store}")
        return Outcome(**json.loads(told))


@contextmanager
def clients() -> Iterator[Clients]:
    """They end when the block does, or when this process dies."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.rush.crowd"],
        cwd=ROOT,
        env=plain_environment() | CREDENTIALS | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        try:
            yield Clients(process)
        finally:
            process.stdin.close()
