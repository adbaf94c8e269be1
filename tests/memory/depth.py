"""How far the tests by random histories go: the one place that says so.

Every run tries a few thousand histories; `ZEROTRIP_DEPTH=20` tries twenty times as many.
"""

import os

from hypothesis import HealthCheck, settings


def depth(histories: int, steps: int = 50) -> settings:
    """Settings for `histories` in an ordinary run, of at most so many steps."""
    return settings(
        max_examples=histories * int(os.environ.get("ZEROTRIP_DEPTH", "1")),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
