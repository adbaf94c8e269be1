"""Calls that wait for others, made at the same time. Knows calls and a time limit, never what they do.

A thread of its own per call, not a pool: what hangs holds up nothing but itself, and does not keep a process from
ending. How many calls there may be is the caller's to say.
"""

from collections.abc import Callable, Mapping
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import NoReturn, TypeVar

T = TypeVar("T")


def side_by_side(calls: Mapping[str, Callable[[], T]], seconds: float) -> dict[str, T]:
    """What each call gave, by its name; one that takes longer than `seconds` is not there, and nobody waits for it.

    Raises what a call raised.
    """
    done: SimpleQueue[Callable[[], tuple[str, T]]] = SimpleQueue()
    until = monotonic() + seconds
    for name, call in calls.items():
        Thread(target=_make, args=(name, call, done), name=name, daemon=True).start()
    results: dict[str, T] = {}
    while len(results) < len(calls):
        try:
            outcome = done.get(timeout=max(0.0, until - monotonic()))
        except Empty:
            break
        name, result = outcome()
        results[name] = result
    return results


def _make(name: str, call: Callable[[], T], done: SimpleQueue[Callable[[], tuple[str, T]]]) -> None:
    try:
        result = call()
    except BaseException as trouble:  # noqa: BLE001  (raised again where the results are awaited)
        done.put(partial(_raise, trouble))
    else:
        done.put(lambda: (name, result))


def _raise(trouble: BaseException) -> NoReturn:
    raise trouble
