"""An administrator."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cloud import Cloud

Admin = Callable[..., dict[str, Any]]


@pytest.fixture
def admin(cloud: Cloud) -> Admin:
    """Calls the function by its name, as an administrator does."""

    def call(action: str, **asked: Any) -> dict[str, Any]:
        said = {"by": "op-17", "reason": "the bank has confirmed it"} if action in {"close", "retry"} else {}
        answer: dict[str, Any] = cloud.invoke("admin_cases", {"action": action, **said, **asked})
        return answer

    return call
