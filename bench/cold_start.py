"""The row `cold-start`: the packaged API function, a fresh process from its start to its first answer."""

import compileall
import json
import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from py_compile import PycInvalidationMode

from bench.ground import Ground
from bench.measure import Row, compared, rounds
from infra.package import function

HERE = Path(__file__).parent
ROUNDS = 21
GOAL = 1.1
RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")
"""What Lambda's own runtime brings."""
WHY = (
    "pydantic alone takes a quarter of a bare start and cannot be loaded in parts; "
    "what was saved to make up for it is in docs/speed.md"
)


def measure(ground: Ground) -> Row:
    """`GET /v1/citizens/me` with a valid token: one read of the table, and the token's public key from KMS."""
    with tempfile.TemporaryDirectory() as scratch:
        ours, runtime, bare = (Path(scratch) / name for name in ("function", "runtime", "bare"))
        function(ours)
        _runtime(runtime)
        _bare(bare)
        event = json.dumps(ground.event("GET", "/v1/citizens/me"))
        taken = rounds(
            {
                "ours": lambda: _start(ground, [str(ours), "app.app", event, str(runtime)]),
                "bare": lambda: _start(ground, [str(bare), "who_am_i.handler", event, str(runtime)]),
            },
            ROUNDS,
        )
    return compared("cold-start", "ms CPU", GOAL, taken["ours"], taken["bare"], WHY)


def _runtime(folder: Path) -> None:
    """Lambda's `/var/runtime`: the SDK that is there without being packaged, compiled."""
    installed = Path(sysconfig.get_path("purelib"))
    folder.mkdir()
    for name in RUNTIME:
        (folder / name).symlink_to(installed / name)


def _bare(folder: Path) -> None:
    folder.mkdir()
    (folder / "who_am_i.py").write_bytes((HERE / "bare" / "who_am_i.py").read_bytes())
    compileall.compile_dir(folder, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def _start(ground: Ground, arguments: Sequence[str]) -> float:
    """CPU milliseconds, user and system, of one process."""
    interpreter = os.path.realpath(sys.executable)
    command = [interpreter, "-I", "-S", str(HERE / "runtime.py"), *arguments]
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        pid = os.posix_spawn(
            interpreter, command, ground.environment, file_actions=[(os.POSIX_SPAWN_DUP2, silence, 1)]
        )
    finally:
        os.close(silence)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{arguments[1]} did not answer 200")
    return (used.ru_utime + used.ru_stime) * 1000
