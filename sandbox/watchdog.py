"""Ends the sandbox when it has been forgotten, or when a part of it has died: nothing is left running for days.

Knows nothing but what is running and for how long.
"""

import sys
import time

from sandbox.cloud import down
from sandbox.place import Place, here


def watch(place: Place, hours: float) -> None:
    """Return once `hours` have passed or a part of the sandbox is no longer alive."""
    deadline = time.time() + hours * 3600
    while time.time() < deadline:
        time.sleep(2)
        others = {name: process for name, process in place.running().items() if name != "watchdog"}
        if not others or not all(process.alive() for process in others.values()):
            return


if __name__ == "__main__":
    watch(here(), float(sys.argv[1]))
    down(here())
