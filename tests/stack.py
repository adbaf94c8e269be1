"""The whole service on this machine, as `make up` brings it up, beside whatever a developer has running.

Everything goes through the commands and addresses that a person would use; nothing is imported from the service.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.place import ROOT, Place


@dataclass(frozen=True, slots=True)
class Stack:
    """A running sandbox of the tests' own."""

    place: Place

    def command(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m sandbox <words>` against it."""
        return subprocess.run(
            [sys.executable, "-m", "sandbox", *words],
            cwd=ROOT,
            env=environment(self.place) | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def journey(self) -> list[dict[str, Any]]:
        """The errand, step by step."""
        said = self.command("journey", JSON="1").stdout
        return [json.loads(line) for line in said.splitlines()]

    def client(self, service: str) -> Any:
        """An SDK client of the embedded cloud, as the account's root."""
        session = boto3.Session("test", "test", region_name="us-east-1")
        return session.client(service, endpoint_url=self.place.cloud_url)  # type: ignore[call-overload]


def environment(place: Place) -> dict[str, str]:
    """What tells the commands which sandbox is meant."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "ZEROTRIP_LOCAL": str(place.local),
        "ZEROTRIP_PORT": str(place.port),
        "ZEROTRIP_CLOUD_PORT": str(place.cloud_port),
    }


def free_place(local: Path) -> Place:
    """A place in `local` on two ports that nobody uses."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return Place(local, one.getsockname()[1], other.getsockname()[1])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The packaged template, deployed and seeded once for all tests of a run that need it."""
    running = Stack(free_place(tmp_path_factory.mktemp("stack")))
    try:
        came_up = running.command("up")
        assert came_up.returncode == 0, came_up.stdout + came_up.stderr
        yield running
    finally:
        running.command("down")
