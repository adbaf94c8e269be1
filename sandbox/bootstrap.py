"""Makes the virtual environment in .local/venv, with nothing but the standard library of whatever Python runs it.

`python3 sandbox/bootstrap.py sandbox|dev` installs the requirements of that name, and does nothing when they have
not changed since. Whatever is missing is said in one sentence. Must not import anything else of this project.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".local" / "venv"
NEEDS = {
    "sandbox": ["requirements-sandbox.txt"],
    "dev": ["requirements-dev.txt", "requirements-sandbox.txt"],
}
ALWAYS = ["requirements.txt", "infra/layers/certificates/requirements.txt"]
OLDEST = (3, 11)


def main(wanted: str) -> int:
    """Bring the environment to what `wanted` needs; returns the exit code."""
    if sys.version_info < OLDEST:
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return _sorry(f"Python 3.11 or newer is needed, this is {found}: run make PYTHON=python3.12")
    if _stamp(wanted).is_file() and _stamp(wanted).read_text() == _fingerprint(wanted) and _works():
        return 0
    print(f"  making .local/venv, installing {NEEDS[wanted][0]} (about a minute, once)", file=sys.stderr)
    return _create() or _install(wanted)


def _create() -> int:
    if _works():
        return 0
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian leaves it out of python3, and venv fails without it
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return _sorry("the Python module venv is missing: install it (on Debian: apt install python3-venv)")
    shutil.rmtree(VENV, ignore_errors=True)
    made = _run([sys.executable, "-m", "venv", str(VENV)])
    return (
        _sorry("the environment in .local/venv could not be created: " + _last(made))
        if made.returncode
        else 0
    )


def _install(wanted: str) -> int:
    pip = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--retries",
        "2",
        "--disable-pip-version-check",
    ]
    done = _run([*pip, "-r", str(ROOT / NEEDS[wanted][0])])
    if done.returncode == 0:
        _stamp(wanted).write_text(_fingerprint(wanted))
        return 0
    if re.search(r"after connection broken|NameResolutionError|Temporary failure in name", done.stderr):
        return _sorry("the Python package index cannot be reached: the first start needs the network")
    return _sorry("the packages could not be installed: " + _last(done))


def _run(command: "list[str]") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _works() -> bool:
    python = VENV / "bin" / "python"
    return python.exists() and _run([str(python), "-c", "import pip"]).returncode == 0


def _stamp(wanted: str) -> Path:
    return VENV / f".{wanted}"


def _fingerprint(wanted: str) -> str:
    """What the environment was made from; another one means installing again."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in NEEDS[wanted] + ALWAYS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _last(run: "subprocess.CompletedProcess[str]") -> str:
    lines = [line for line in (run.stderr or run.stdout).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"


def _sorry(sentence: str) -> int:
    print(f"zerotrip: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "sandbox"))
