"""Starts programs that outlive this one, and ends exactly those again.

A process is known by its id and the moment it started, so that an id that the system has given to somebody else is
never mistaken for ours. Knows nothing about what the programs do.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Our own children have to be waited for, or the system keeps them as zombies for as long as we live.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Process:
    """A program that we started: its process id, and when the system says it started."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether it is still the same program that runs under this id."""
        return _started(self.pid) == self.started

    def stop(self, patience: float = 30.0) -> bool:
        """Ask it to end, wait, then insist; its children go with it. True when it ended by itself."""
        willing = self.alive() and _signalled(self.pid, signal.SIGTERM) and self._gone_within(patience)
        if self.alive():
            _signalled(self.pid, signal.SIGKILL)
            self._gone_within(5)
        _end_group(self.pid)
        return willing

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.alive()


def start(command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path) -> Process:
    """Start `command` in a session of its own, writing what it says to `log`."""
    with log.open("ab") as out:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    _children[child.pid] = child
    return Process(child.pid, _started(child.pid) or "never")


def _started(pid: int) -> str | None:
    """When process `pid` started, in the system's own words; None when it is gone or only waits to be reaped."""
    if pid in _children and _children[pid].poll() is not None:
        return None
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            state, *fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return None
        return None if state in "ZX" else fields[18]
    told = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - where there is no /proc, as on macOS
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split(maxsplit=1)
    return told[1].strip() if told and not told[0].startswith("Z") else None


def _signalled(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _end_group(pid: int) -> None:
    """End what is left of the session that `pid` led: a group of that id can only be its own children."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
