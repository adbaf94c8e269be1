"""Calls to the outside: a time limit is for all of it, and too much is not read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import create_server
from threading import Event, Thread
from time import monotonic

import pytest

from chalicelib.errors import Unavailable
from chalicelib.platform import web
from chalicelib.platform.side_by_side import side_by_side

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"


@contextmanager
def answering(pieces: Callable[[Event], Iterator[bytes]]) -> Iterator[str]:
    """A server that sends one answer piece by piece."""
    over = Event()
    with create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 16)
                try:
                    for piece in pieces(over):
                        connection.sendall(piece)
                except OSError:
                    return

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        over.set()
        thread.join()


def dripping(over: Event) -> Iterator[bytes]:
    yield HEAD
    while not over.wait(0.02):
        yield b"x"


def silent(over: Event) -> Iterator[bytes]:
    over.wait(2)
    yield from ()


def whole(_: Event) -> Iterator[bytes]:
    yield HEAD + b"x" * 1000


def cut_off(_: Event) -> Iterator[bytes]:
    yield HEAD + b"x" * 10


def test_a_whole_answer_is_read() -> None:
    with answering(whole) as url:
        assert web.post(url, b"{}", {}, seconds=2).body == b"x" * 1000


@pytest.mark.parametrize("manner", [dripping, silent])
def test_who_drips_or_says_nothing_is_left_when_the_time_is_over(
    manner: Callable[[Event], Iterator[bytes]],
) -> None:
    begun = monotonic()
    with answering(manner) as url, pytest.raises(web.TooLate):
        web.post(url, b"{}", {}, seconds=0.15)
    assert monotonic() - begun < 1


def test_more_than_expected_is_refused() -> None:
    with answering(whole) as url, pytest.raises(web.TooLarge):
        web.post(url, b"{}", {}, seconds=2, most=999)


def test_an_answer_that_was_cut_off_is_none() -> None:
    with answering(cut_off) as url, pytest.raises(Unavailable):
        web.post(url, b"{}", {}, seconds=2)


# -- several at once
def test_who_takes_longer_is_not_waited_for() -> None:
    over = Event()
    came = side_by_side({"quick": lambda: True, "slow": lambda: over.wait(2)}, 0.1)
    over.set()
    assert came == {"quick": True}


def test_what_one_raises_is_raised_here() -> None:
    def broken() -> None:
        raise KeyError("why")

    with pytest.raises(KeyError):
        side_by_side({"broken": broken}, 1)


def test_nothing_to_do_takes_no_time() -> None:
    assert side_by_side({}, 5) == {}
