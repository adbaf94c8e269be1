"""Coming up and going down: nothing is left behind, and what goes wrong is said in a sentence."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import Stack, free_place

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("lifecycle")]


def test_a_port_in_use_is_said_in_one_sentence_and_nothing_is_left_running(tmp_path: Path) -> None:
    stack = Stack(free_place(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stack.place.port))
        taken.listen()
        refused = stack.command("up")
    assert refused.returncode == 1
    assert f"port {stack.place.port} is already in use" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not stack.place.run.exists()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that nobody else needs, up before each test and after it."""
    stack = Stack(free_place(tmp_path_factory.mktemp("own")))
    try:
        assert stack.command("up").returncode == 0
        yield stack
    finally:
        left = set(_pids(stack).values())
        stack.command("down")
        _until_gone(left)


def test_killed_hard_it_says_that_data_was_lost_and_starts_afresh(own: Stack) -> None:
    before = _pids(own)
    os.kill(before["cloud"], signal.SIGKILL)
    _until_gone(set(before.values()))
    again = own.command("up")
    assert again.returncode == 0, again.stderr
    assert "demo data was lost" in again.stdout


def test_down_keeps_the_data_and_leaves_no_process(own: Stack) -> None:
    pids = set(_pids(own).values())
    tables = own.client("dynamodb").list_tables()["TableNames"]
    assert own.command("down").returncode == 0
    _until_gone(pids, seconds=0)
    again = own.command("up")
    assert again.returncode == 0, again.stderr
    assert "already there" in again.stdout
    assert own.client("dynamodb").list_tables()["TableNames"] == tables


def _pids(stack: Stack) -> dict[str, int]:
    if not stack.place.run.exists():
        return {}
    return {name: process["pid"] for name, process in json.loads(stack.place.run.read_text()).items()}


def _until_gone(pids: set[int], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while any(map(_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in pids if _alive(pid)]


def _alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
