"""Consuming a batch: what is acknowledged, what comes back, what is logged."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Conflict, Unavailable
from chalicelib.platform.queue import consume


class TooLate(Conflict):
    code = "too-late"
    title = "Too late"
    title_zh = "太迟"


def an_event(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{at}", "body": body} for at, body in enumerate(bodies)]}


def raising(error: Exception) -> Callable[[dict[str, Any]], None]:
    def job(_: dict[str, Any]) -> None:
        raise error

    return job


def test_what_was_done_is_acknowledged_and_logged(log_lines: Callable[[], str]) -> None:
    done: list[str] = []
    answer = consume(
        an_event('{"type":"do","about":"x"}'), {"do": lambda message: done.append(message["about"])}
    )
    assert (answer, done) == ({"batchItemFailures": []}, ["x"])
    assert "job.done" in log_lines()


@pytest.mark.parametrize(
    ("error", "failed", "said"),
    [
        (Unavailable(), ["m0"], "job.postponed"),
        (TooLate(), [], "job.refused"),
        (KeyError("330102199005170018"), ["m0"], "job.failed"),
    ],
)
def test_only_what_may_work_later_comes_back(
    error: Exception, failed: list[str], said: str, log_lines: Callable[[], str]
) -> None:
    answer = consume(an_event('{"type":"do"}'), {"do": raising(error)})
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == failed
    lines = log_lines()
    assert said in lines
    assert "330102199005170018" not in lines


def test_one_broken_message_does_not_hold_up_its_neighbours() -> None:
    done: list[str] = []
    event = an_event("no json", '{"type":"unknown"}', '{"type":"do"}')
    answer = consume(event, {"do": lambda message: done.append(message["type"])})
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["m0", "m1"]
    assert done == ["do"]
