"""The outside world as a process: one origin on this machine for the page, the API and the sandbox's calls.

    python -m sandbox.server --port 8470 --api-url http://127.0.0.1:4611/... --state .local/outside-world
    python -m sandbox.server --port 8470 --state .local/outside-world --init

`--init` makes the keys, prints what the deployment needs of them as JSON, and ends. It must not know what any
call does.
"""

import argparse
import errno
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from sandbox.keys import KeyFolder, public_spki
from sandbox.origin.listener import Listener
from sandbox.origin.routing import RouteTable
from sandbox.origin.site import Site
from sandbox.origin.static_files import StaticFiles
from sandbox.origin.upstream import Upstream
from sandbox.payment_app.apps import OWN_APP_ID, OWN_SELLER_ID
from sandbox.world import PLATFORM_KEY, STRANGER_KEY, Place, World

ROOT = Path(__file__).resolve().parent.parent
EIGHT_HOURS = 8 * 60 * 60


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop, or until the time given has passed."""
    options = _options(arguments)
    options.state.mkdir(parents=True, exist_ok=True)
    if options.init:
        print(json.dumps(_registration(options.state)))
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        origin = Origin.open(options.port, options.api_url, options.state, options.web)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.exit(f"zerotrip: port {options.port} is in use")
    origin.serve()
    print(f"listening on {origin.world.place.origin}", flush=True)
    stop.wait(options.max_seconds)
    origin.close()


@dataclass(frozen=True, slots=True)
class Origin:
    """The whole origin: its listener, the world behind it, and the way to the API."""

    listener: Listener
    world: World
    api: Upstream

    @classmethod
    def open(cls, port: int, api_url: str, state: Path, web: Path) -> "Origin":
        """Listen, without answering yet. Port 0 takes any free one."""
        listener = Listener(port)
        world = World(Place(state, f"127.0.0.1:{listener.server_port}"))
        api = Upstream(api_url)
        listener.answer = Site(RouteTable(world.routes()), api, StaticFiles(web)).answer
        return cls(listener, world, api)

    def serve(self) -> None:
        """Answer from now on, on threads of its own."""
        Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.world.start()

    def close(self) -> None:
        """Stop at once. What was acknowledged is kept."""
        self.listener.shutdown()
        self.listener.server_close()
        self.api.close()
        self.world.close()


def _registration(state: Path) -> dict[str, str]:
    """What the service's deployment must be told about the payment app."""
    keys = KeyFolder(state / "keys")
    keys.rsa(STRANGER_KEY)
    public = public_spki(keys.rsa(PLATFORM_KEY).public_key())
    return {"platformPublicKey": public, "appId": OWN_APP_ID, "sellerId": OWN_SELLER_ID}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox.server", description="The outside world on one machine.")
    parser.add_argument("--port", type=int, default=8470)
    parser.add_argument(
        "--api-url", default="http://127.0.0.1:4611", help="where /v1, /v2 and /.well-known go"
    )
    parser.add_argument("--state", type=Path, required=True, help="folder for keys and what must survive")
    parser.add_argument("--web", type=Path, default=ROOT / "web", help="folder of the page")
    parser.add_argument(
        "--max-seconds", type=float, default=EIGHT_HOURS, help="ends by itself after this long"
    )
    parser.add_argument("--init", action="store_true", help="make the keys, print the registration, end")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
