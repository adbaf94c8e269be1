"""The sandbox's commands: `python -m sandbox up | down | demo | journey | logs | keys`.

Knows what each command is for, and how a person stops the last one.
"""

import argparse
import os
import signal
import sys
import time
from types import FrameType

import sandbox.journey
from sandbox import cloud
from sandbox.console import BOLD, heading, painted
from sandbox.logs import lines
from sandbox.place import Place, here


def _up(place: Place) -> int:
    heading("zerotrip: one machine, the whole errand")
    cloud.up(place)
    print(f"\n  the page: {painted(place.url, BOLD)}   stop with: make down\n", flush=True)
    return 0


def _down(place: Place) -> int:
    cloud.down(place)
    return 0


def _journey(place: Place) -> int:
    return sandbox.journey.run(place.local / "world.json", as_json=os.environ.get("JSON") == "1")


def _logs(place: Place) -> int:
    if not cloud.is_up(place):
        raise cloud.NotStarted("nothing is up, run make up first")
    print("\n".join(lines(place)))
    return 0


def _demo(place: Place) -> int:
    """Up, the errand, and stay until Ctrl-C or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        _up(place)
        heading("The errand of one citizen")
        failed = _journey(place)
        print(
            f"\n  open {painted(place.url, BOLD)} and do it by hand; Ctrl-C stops and keeps the data",
            flush=True,
        )
        while not failed and cloud.is_up(place):
            time.sleep(1)
    except KeyboardInterrupt:
        failed = 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        cloud.down(place)
    print("  stopped", flush=True)
    return failed


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = {"up": _up, "down": _down, "demo": _demo, "journey": _journey, "logs": _logs}


def main() -> int:
    """Run the command that was asked for; what cannot be done is said in one sentence."""
    asked = _options()
    try:
        if asked.command == "keys":
            print(cloud.let_keys_stand(here(), asked.institution, asked.name))
            return 0
        return COMMANDS[asked.command](here())
    except cloud.NotStarted as refusal:
        print(f"zerotrip: {refusal}", file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="The whole service on one machine."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        commands.add_parser(name)
    keys = commands.add_parser("keys", help="which keys of an institution the service believes")
    keys.add_argument("institution")
    keys.add_argument("name", nargs="*", help="exactly these stand; none withdraws every one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
