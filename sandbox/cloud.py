"""Brings the whole sandbox up and takes it down: embedded cloud, the packaged template in it, and the outside world.

The template is the one that a real account gets; only the code's archive is thinner. This module knows the order of
things and the names of the commands, nothing about what the service does.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.bundle import BundleRefused
from infra.deploy import DeploymentFailed
from infra.package import thin
from sandbox.console import step
from sandbox.deployment import STACK, deployed, hand_out_certificates, names_of, wake_workers
from sandbox.emulator import (
    answers,
    client_environment,
    forget,
    forgot,
    launch,
    plain_environment,
    saved,
    serving,
)
from sandbox.place import ROOT, Place
from sandbox.processes import Process, start

HOURS = 8


class NotStarted(RuntimeError):
    """The sandbox could not be brought up; the message is for the person who asked."""


def up(place: Place) -> None:
    """Bring everything up and wait until it answers; on failure leaves nothing running and raises NotStarted."""
    if is_up(place):
        print(f"  already up at {place.url}")
        return
    lost = forgot(place)
    down(place)
    _refuse_taken_ports(place)
    if lost:
        forget(place)
        print("  the embedded cloud was ended before it could save: its demo data was lost, starting afresh")
    place.local.mkdir(parents=True, exist_ok=True)
    try:
        _bring_up(place)
    except (NotStarted, BundleRefused, DeploymentFailed, KeyboardInterrupt) as failure:
        down(place)
        raise NotStarted(str(failure) or "interrupted") from failure
    except BaseException:
        down(place)
        raise


def down(place: Place) -> None:
    """Stop exactly what `up` started; the embedded cloud saves first. Nothing running is no error."""
    running = place.running()
    for name in ("watchdog", "world", "cloud"):
        if name in running and running[name].pid != os.getpid():
            running[name].stop()
    place.note({})
    saved(place)
    (place.local / "world.json").unlink(missing_ok=True)


def let_keys_stand(place: Place, institution: str, names: Sequence[str]) -> str:
    """Let the service believe exactly those keys of the institution; what stands then. Raises NotStarted."""
    if not is_up(place):
        raise NotStarted("nothing is up, run make up first")
    administrator = _administrator(place, names_of(place))
    return _run(place, "sandbox.seed", administrator, "keys", institution, *names).strip()


def is_up(place: Place) -> bool:
    """Whether all of it is running."""
    running = place.running()
    return len(running) == 3 and all(process.alive() for process in running.values())  # noqa: PLR2004


def _bring_up(place: Place) -> None:
    running: dict[str, Process] = {}
    with step("embedded cloud") as line:
        running["cloud"] = launch(place)
        place.note(running)
        if not answers(f"{place.cloud_url}/_ministack/health", 30, running["cloud"]):
            raise NotStarted(f"the embedded cloud did not start, see {place.local / 'cloud.log'}")
        serving(place)
        line.said = f"MiniStack on {place.cloud_url}, every policy enforced"
    with step("outside world's keys"):
        identity = _identity(place)
    with step("package"):
        bundle = thin(place.local / "bundle")
    with step("deploy") as line:
        names = deployed(place, bundle, identity)
        line.said = f"stack {STACK}, {names.pop('RESOURCES')} resources"
    with step("outside world") as line:
        running["world"] = _world(place, names["REST_API"])
        place.note(running)
        if not answers(f"{place.url}/sandbox/health", 30, running["world"]):
            raise NotStarted(f"the outside world did not start, see {place.local / 'world.log'}")
        line.said = place.url
    with step("payment app's trust") as line:
        line.said = hand_out_certificates(place, names)
    with step("demo data") as line:
        line.said = _seeded(place, names)
    with step("first answer"):
        _warm_up(place, running["world"])
    running["watchdog"] = start(
        [sys.executable, "-m", "sandbox.watchdog", str(HOURS)],
        place.local / "watchdog.log",
        plain_environment() | _chosen(place),
        ROOT,
    )
    place.note(running)
    _write(place.local / "world.json", dict.fromkeys(("api", "sandbox", "web"), place.url))


def _warm_up(place: Place, world: Process) -> None:
    """Wait until the API answers two at once: a department that is asked fetches our keys while we wait for it."""
    keys = f"{place.url}/.well-known/jwks.json"
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(answers, keys, 30, world) for _ in range(2)]
    if not all(answered.result() for answered in asked):
        raise NotStarted(f"the API does not answer, see {place.local / 'cloud.log'}")
    wake_workers()


def _refuse_taken_ports(place: Place) -> None:
    for port, setting in ((place.port, "ZEROTRIP_PORT"), (place.cloud_port, "ZEROTRIP_CLOUD_PORT")):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise NotStarted(
                    f"port {port} is already in use: stop what uses it, or choose another with {setting}"
                )


def _chosen(place: Place) -> dict[str, str]:
    return {
        "ZEROTRIP_LOCAL": str(place.local),
        "ZEROTRIP_PORT": str(place.port),
        "ZEROTRIP_CLOUD_PORT": str(place.cloud_port),
    }


def _identity(place: Place) -> dict[str, str]:
    """The outside world's public side, made on first use: what the deployment's parameters need."""
    said = _run(place, "sandbox.server", plain_environment(), "--init", "--state", str(place.world))
    identity: dict[str, str] = json.loads(said)
    return identity


def _world(place: Place, rest_api: str) -> Process:
    api = f"{place.cloud_url}/_aws/execute-api/{rest_api}/api"
    command = [
        "-m",
        "sandbox.server",
        "--port",
        str(place.port),
        "--api-url",
        api,
        "--state",
        str(place.world),
    ]
    return start([sys.executable, *command], place.local / "world.log", plain_environment(), ROOT)


def _seeded(place: Place, names: Mapping[str, str]) -> str:
    """Seed once a day, because slots lie in the days ahead; the note is kept with the data it speaks of."""
    note, today = place.cloud / "seeded", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    if note.exists() and note.read_text(encoding="utf-8") == today:
        return "already there"
    said = _run(place, "sandbox.seed", _administrator(place, names))
    note.write_text(today, encoding="utf-8")
    return said.strip().splitlines()[-1] if said.strip() else ""


def _administrator(place: Place, names: Mapping[str, str]) -> dict[str, str]:
    return client_environment(place) | dict(names) | {"WORLD_STATE": str(place.world), "WORLD_URL": place.url}


def _run(place: Place, module: str, env: Mapping[str, str], *words: str) -> str:
    """What a program of ours prints; when it fails, its last words, and all of them in a log."""
    command = [sys.executable, "-m", module, *words]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if run.returncode:
        log = place.local / f"{module.rpartition('.')[2]}.log"
        log.write_text(run.stderr, encoding="utf-8")
        last = run.stderr.strip().splitlines()[-1:] or [f"it ended with {run.returncode}"]
        raise NotStarted(f"{module} failed, see {log}: {last[0].removeprefix('zerotrip: ')}")
    return run.stdout


def _write(path: Path, content: Any) -> None:  # noqa: ANN401 - anything JSON can say
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
