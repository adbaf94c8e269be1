"""The clients of a rush: a process that is told a turn per line of its input, and tells one outcome per line.

64 clients are 8 processes of 8 threads: so Python's lock keeps at most 8 of them waiting for each other. Each process
is a container, forked from this one, which has no thread and no connection of its own.
"""

import json
import multiprocessing
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from multiprocessing.connection import Connection
from threading import Lock
from time import monotonic, process_time
from typing import Any

from bench.rush.postgres import SkipLocked, UpdateWhere
from bench.rush.redis_lua import RedisLua
from bench.rush.rules import Memory, Sale, Tally, Tap, Turn, contend
from bench.rush.session_items import SessionItems

PROCESSES = 8
STORES: dict[str, Any] = {
    "session-items": SessionItems,
    "update-where": UpdateWhere,
    "skip-locked": SkipLocked,
    "redis-lua": RedisLua,
}
_fork = multiprocessing.get_context("fork")
Told = dict[str, Any]


def main() -> None:
    """Turns in, outcomes out, until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        turn = Turn(**asked | {"places": tuple(asked["places"])})
        print(json.dumps(rush(turn)), flush=True)


def rush(turn: Turn) -> Told:
    """One turn: what all clients were told, and what the engine says is true of it."""
    store = STORES[turn.store]
    _apart(lambda: store.prepare(turn))()
    ready = _fork.Barrier(turn.clients)
    containers = [_apart(_container(turn, number, ready)) for number in range(_processes(turn))]
    told = [container() for container in containers]
    sales = [Sale(*sale) for each in told for sale in each["sales"]]
    audit = _apart(lambda: store.open(turn, Memory(), Tally()).audit(sales))
    stands, free = audit()
    return {
        "held": len(sales),
        "stands": stands,
        "free": free,
        "seconds": max(each["last"] for each in told) - min(each["begun"] for each in told),
        "waits": [wait for each in told for wait in each["waits"]],
        **{name: sum(each[name] for each in told) for name in ("cpu", *asdict(Tally()))},
    }


def _processes(turn: Turn) -> int:
    return min(PROCESSES, turn.clients)


def _container(turn: Turn, number: int, ready: Any) -> Callable[[], Told]:
    """What one process does: its share of the people, by its threads."""

    def work() -> Told:
        opened, threads = STORES[turn.store], turn.clients // _processes(turn)
        memory, full, tallies = Memory(), Memory(), [Tally()]
        if turn.store == "session-items":
            shared = opened.open(turn, memory, tallies[0])
            stores = [shared] * threads
        else:
            tallies = [Tally() for _ in range(threads)]
            stores = [opened.open(turn, memory, tally) for tally in tallies]
        taps = _each(turn.taps()[number :: _processes(turn)])

        def client(store: Any) -> tuple[float, list[tuple[float, float, Sale]]]:
            store.warm()
            ready.wait()
            begun = monotonic()
            return begun, list(_served(turn, store, full, taps))

        before = process_time()
        with ThreadPoolExecutor(threads) as together:
            served = list(together.map(client, stores))
        sold = [each for _, sales in served for each in sales]
        return {
            "begun": min(begun for begun, _ in served),
            "last": max((at for at, _, _ in sold), default=0.0),
            "waits": [wait for _, wait, _ in sold],
            "sales": [sale for _, _, sale in sold],
            "cpu": process_time() - before,
            **{name: sum(getattr(tally, name) for tally in tallies) for name in asdict(Tally())},
        }

    return work


def _served(turn: Turn, store: Any, full: Memory, taps: Iterator[Tap]) -> Iterator[tuple[float, float, Sale]]:
    for tap in taps:
        begun = monotonic()
        sale = contend(store, full, turn, tap)
        if sale:
            yield monotonic(), monotonic() - begun, sale


def _each(taps: list[Tap]) -> Iterator[Tap]:
    """The taps, one by one, to whichever thread asks next."""
    lock, left = Lock(), iter(taps)

    def following() -> Tap | None:
        with lock:
            return next(left, None)

    return iter(following, None)


def _apart(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begin `work` in a fork of this process; calling the result waits for what it gives."""
    here, there = _fork.Pipe(duplex=False)
    child = _fork.Process(target=_send, args=(there, work), daemon=True)
    child.start()
    there.close()

    def wait() -> Any:
        failed, given = here.recv()
        child.join()
        if failed:
            raise RuntimeError(given)
        return given

    return wait


def _send(there: Connection, work: Callable[[], Any]) -> None:
    try:
        there.send((False, work()))
    except Exception:  # noqa: BLE001  (whatever it was, the other side says it)
        there.send((True, traceback.format_exc()))


if __name__ == "__main__":
    main()
