"""What happens in the outside world, told to whoever watches: a short memory and live streams.

It must not know what is told, and keeps no personal data: who tells leaves it out.
"""

import itertools
import json
import queue
from collections import deque
from collections.abc import Iterator
from threading import Lock
from typing import Any

from sandbox.clock import Clock, rfc3339

MEMORY = 500
HEARTBEAT_SECONDS = 15.0
BACKLOG = 1000


class Events:
    """A bounded memory of happenings and the streams that follow them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._numbers = itertools.count(1)
        self._memory: deque[dict[str, Any]] = deque(maxlen=MEMORY)
        self._watchers: set[queue.Queue[dict[str, Any]]] = set()

    def tell(self, kind: str, **facts: object) -> None:
        """Tell everyone that something of that kind happened."""
        with self._lock:
            happening = {
                "number": next(self._numbers),
                "kind": kind,
                "at": rfc3339(self._clock.now()),
                **facts,
            }
            self._memory.append(happening)
            slow = {watcher for watcher in self._watchers if not _offer(watcher, happening)}
            self._watchers -= slow

    def recent(self, after: int = 0) -> list[dict[str, Any]]:
        """The remembered happenings whose number is greater, oldest first."""
        with self._lock:
            return [happening for happening in self._memory if happening["number"] > after]

    def last_number(self) -> int:
        """The number of the latest happening; 0 before the first."""
        with self._lock:
            return int(self._memory[-1]["number"]) if self._memory else 0

    def stream(self, after: int) -> Iterator[bytes]:
        """Server-sent events: those remembered after that number, then what comes, with heartbeats."""
        watcher: queue.Queue[dict[str, Any]] = queue.Queue(BACKLOG)
        with self._lock:
            missed = [happening for happening in self._memory if happening["number"] > after]
            self._watchers.add(watcher)
        try:
            yield b"retry: 1000\n\n"
            yield from map(_frame, missed)
            while True:
                yield _next_frame(watcher)
        finally:
            with self._lock:
                self._watchers.discard(watcher)


def _offer(watcher: queue.Queue[dict[str, Any]], happening: dict[str, Any]) -> bool:
    try:
        watcher.put_nowait(happening)
    except queue.Full:
        return False
    return True


def _next_frame(watcher: queue.Queue[dict[str, Any]]) -> bytes:
    try:
        return _frame(watcher.get(timeout=HEARTBEAT_SECONDS))
    except queue.Empty:
        return b": still here\n\n"


def _frame(happening: dict[str, Any]) -> bytes:
    data = json.dumps(happening, ensure_ascii=False)
    return f"id: {happening['number']}\nevent: {happening['kind']}\ndata: {data}\n\n".encode()
