"""The embedded cloud: MiniStack, started so that it stays on this machine, enforces every policy, and keeps its data.

It saves only when it is asked to end. Killed hard, it forgets; `forgot` tells. Knows nothing of what is deployed.
"""

import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request

from sandbox.place import ROOT, Place
from sandbox.processes import Process, start

SERVICES = (
    "s3,sqs,sns,dynamodb,dynamodbstreams,lambda,iam,sts,logs,cloudwatch,events,kms,cloudformation,apigateway"
)
SAVED = ("cloudformation", "dynamodb", "kms", "lambda", "sqs")
# The account's root on the embedded cloud; made up, and good for nothing anywhere else.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE")


def plain_environment() -> dict[str, str]:
    """This process's environment without anything that could point a program at a real account."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def client_environment(place: Place) -> dict[str, str]:
    """What makes any SDK talk to the embedded cloud of `place`."""
    return plain_environment() | CREDENTIALS | {"AWS_ENDPOINT_URL": place.cloud_url}


def launch(place: Place) -> Process:
    """Start the embedded cloud; it takes about a second until `answers` is true."""
    _reread_streams(place)
    temporary = place.cloud / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    settings = {
        "GATEWAY_PORT": str(place.cloud_port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SERVICES": SERVICES,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(place.cloud / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(place.cloud / "s3"),
        "TMPDIR": str(temporary),
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "ministack"]
    return start(command, place.local / "cloud.log", plain_environment() | settings, ROOT)


def _reread_streams(place: Place) -> None:
    """Let the functions read their tables' streams from the start again.

    MiniStack keeps how far they had read, but not the streams: these begin anew, and everything up to the old
    position would be passed over.
    """
    path = place.cloud / "state" / "lambda.json"
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["payload"]["dynamodb_stream_positions"]["data"] = {}
        path.write_text(json.dumps(kept), encoding="utf-8")


def answers(url: str, seconds: float, process: Process) -> bool:
    """Whether `url` answers 200 within `seconds` while `process` lives."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.alive():
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def serving(place: Place) -> None:
    """Note that data is being written from now on that is not saved yet."""
    (place.cloud / "serving").touch()


def forgot(place: Place) -> bool:
    """Whether an embedded cloud ran here and ended without saving: it writes its state only when it ends well."""
    note = place.cloud / "serving"
    if not note.exists():
        return False
    files = [place.cloud / "state" / f"{name}.json" for name in SAVED]
    return not all(path.exists() and path.stat().st_mtime >= note.stat().st_mtime for path in files)


def saved(place: Place) -> None:
    """Remove what only a running embedded cloud needs, if it ended well; otherwise `forgot` stays true."""
    shutil.rmtree(place.cloud / "tmp", ignore_errors=True)
    if not forgot(place):
        (place.cloud / "serving").unlink(missing_ok=True)


def forget(place: Place) -> None:
    """Remove what the embedded cloud kept, so that it starts empty."""
    shutil.rmtree(place.cloud, ignore_errors=True)
