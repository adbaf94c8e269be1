"""Working on a batch: each record succeeds or comes back for itself, and nothing that it says reaches the log."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Conflict, Unavailable
from chalicelib.platform.queue import consume

SECRET = "330102199005170018"


class Refused(Conflict):
    """A fact of these tests."""

    code = "refused"


def record(message_id: str, **body: Any) -> dict[str, Any]:
    return {"messageId": message_id, "body": json.dumps(body)}


def failing(error: Exception) -> Callable[[dict[str, Any]], None]:
    def job(_: dict[str, Any]) -> None:
        raise error

    return job


def test_every_record_gets_its_job(log_lines: Callable[[], str]) -> None:
    seen: list[str] = []
    jobs = {"a": lambda m: seen.append(f"a{m['about']}"), "b": lambda m: seen.append(f"b{m['about']}")}
    event = {"Records": [record("1", type="a", about="x"), record("2", type="b", about="y")]}
    assert consume(event, jobs) == {"batchItemFailures": []}
    assert seen == ["ax", "by"]
    assert log_lines().count("job.done") == 2


@pytest.mark.parametrize(
    ("error", "comes_back"),
    [(Unavailable(), True), (ValueError(SECRET), True), (KeyError(SECRET), True), (Refused(SECRET), False)],
)
def test_only_what_may_succeed_later_comes_back(
    error: Exception, log_lines: Callable[[], str], *, comes_back: bool
) -> None:
    done: list[str] = []
    jobs = {"bad": failing(error), "good": lambda m: done.append(m["about"])}
    event = {"Records": [record("1", type="bad"), record("2", type="good", about="x")]}
    failures = [{"itemIdentifier": "1"}] if comes_back else []
    assert consume(event, jobs) == {"batchItemFailures": failures}
    assert done == ["x"]
    assert SECRET not in log_lines()


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"type": "unknown"}', '{"type": ["a"]}'])
def test_a_message_that_nobody_understands_comes_back_until_it_is_set_aside(body: str) -> None:
    event = {"Records": [{"messageId": "1", "body": body}]}
    assert consume(event, {}) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
