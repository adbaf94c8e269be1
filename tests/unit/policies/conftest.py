"""An administrator, and a past."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.policies.service.comparing import Past
from tests.cloud import Cloud
from tests.parties import HOSPITAL

Admin = Callable[..., dict[str, Any]]


def a_past(starts_at: datetime, *, held_before: timedelta = timedelta(days=1), **changes: Any) -> Past:
    """Somebody came, as most do."""
    held_at = starts_at - held_before
    told: dict[str, Any] = {
        "person": "somebody",
        "status": "fulfilled",
        "reason": None,
        "held_at": held_at,
        "hold_expires_at": held_at + timedelta(minutes=10),
        "starts_at": starts_at,
    }
    return Past(**(told | changes))


@pytest.fixture
def admin(cloud: Cloud) -> Admin:
    """Calls the function by its name, as an administrator does."""

    def call(action: str, **asked: Any) -> dict[str, Any]:
        said = {} if action == "show" else {"by": "op-17", "reason": "the council decided on 20 November"}
        event = {"action": action, "hospitalId": HOSPITAL, **said, **asked}
        answer: dict[str, Any] = cloud.invoke("admin_policies", event)
        return answer

    return call
