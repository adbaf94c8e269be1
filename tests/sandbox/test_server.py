"""The outside world as a process: how it starts, what it prints, that it stops."""

import base64
import json
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

ROOT = Path(__file__).parent.parent.parent


def command(state: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "sandbox.server", "--state", str(state), *more]


def run(state: Path, *more: str) -> str:
    return subprocess.run(
        command(state, *more), cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_init_tells_the_deployment_the_same_every_time(tmp_path: Path) -> None:
    first, second = (json.loads(run(tmp_path / "s", "--init")) for _ in range(2))
    assert first == second
    assert isinstance(load_der_public_key(base64.b64decode(first["platformPublicKey"])), RSAPublicKey)
    assert set(first) == {"platformPublicKey", "appId", "sellerId"}
    assert first["sellerId"].startswith("2088")


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    run(tmp_path / "s", "--init")
    kept = list((tmp_path / "s" / "keys").iterdir())
    assert kept
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        command(tmp_path / "s", "--port", str(port), "--max-seconds", "60"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"listening on http://127.0.0.1:{port}\n"
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 2


def test_it_ends_by_itself(tmp_path: Path) -> None:
    run(tmp_path / "s", "--port", "0", "--max-seconds", "0.2")


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        failed = subprocess.run(
            command(tmp_path / "s", "--port", port),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert failed.returncode == 1
    assert failed.stderr == f"zerotrip: port {port} is in use\n"
