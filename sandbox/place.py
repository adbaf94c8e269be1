"""Where one running sandbox keeps its things and on which ports it listens.

Everything lies in one folder and both ports can be chosen, so that tests run their own beside a developer's.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.processes import Process

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Place:
    """One sandbox: its folder, the port of its page and API, and the port of its embedded cloud."""

    local: Path
    port: int
    cloud_port: int

    @property
    def url(self) -> str:
        """The one origin of page, API and outside world."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def cloud_url(self) -> str:
        """The embedded cloud's endpoint."""
        return f"http://127.0.0.1:{self.cloud_port}"

    @property
    def world(self) -> Path:
        """What the outside world keeps: its keys, people and state."""
        return self.local / "world"

    @property
    def cloud(self) -> Path:
        """What the embedded cloud keeps between two starts."""
        return self.local / "cloud"

    @property
    def run(self) -> Path:
        """The note of what is running, by name."""
        return self.local / "run.json"

    def running(self) -> dict[str, Process]:
        """What was started here and not yet stopped, alive or not."""
        if not self.run.exists():
            return {}
        noted = json.loads(self.run.read_text(encoding="utf-8"))
        return {name: Process(**process) for name, process in noted.items()}

    def note(self, running: dict[str, Process]) -> None:
        """Note what is running; nothing running leaves no note."""
        if not running:
            self.run.unlink(missing_ok=True)
            return
        text = json.dumps({name: asdict(process) for name, process in running.items()}, indent=1)
        self.run.write_text(text, encoding="utf-8")


def here() -> Place:
    """The sandbox of this checkout, as the environment says."""
    local = Path(os.environ.get("ZEROTRIP_LOCAL", ROOT / ".local")).resolve()
    return Place(
        local,
        int(os.environ.get("ZEROTRIP_PORT", "8470")),
        int(os.environ.get("ZEROTRIP_CLOUD_PORT", "4611")),
    )
