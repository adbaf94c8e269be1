"""Working on a batch: each record succeeds or comes back for itself, and nothing that it says reaches the log."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Conflict, Unavailable
from chalicelib.platform.queue import Queues, consume

SECRET = "330102199005170018"


class Refused(Conflict):
    """A fact of these tests."""

    code = "refused"


class Sqs:
    """Takes note of how long a message shall rest; `refusing` says no to everything."""

    def __init__(self, *, refusing: bool = False) -> None:
        self.rests: list[int] = []
        self.refusing = refusing

    def change_message_visibility(self, **asked: Any) -> None:
        if self.refusing:
            raise ClientError({"Error": {"Code": "MessageNotInflight"}}, "ChangeMessageVisibility")
        assert asked["QueueUrl"] == "https://sqs.example/1/things"
        self.rests.append(asked["VisibilityTimeout"])


def queues(sqs: Sqs | None = None) -> Queues:
    client: Any = sqs or Sqs()
    return Queues(
        {"others": "https://sqs.example/1/others", "things": "https://sqs.example/1/things"}, lambda: client
    )


def record(message_id: str, *, times: int = 1, **body: Any) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "receiptHandle": "handle",
        "eventSourceARN": "arn:aws:sqs:us-east-1:1:things",
        "attributes": {"ApproximateReceiveCount": str(times)},
        "body": json.dumps(body),
    }


def failing(error: Exception) -> Callable[[dict[str, Any]], None]:
    def job(_: dict[str, Any]) -> None:
        raise error

    return job


def test_every_record_gets_its_job(log_lines: Callable[[], str]) -> None:
    seen: list[str] = []
    jobs = {"a": lambda m: seen.append(f"a{m['about']}"), "b": lambda m: seen.append(f"b{m['about']}")}
    event = {"Records": [record("1", type="a", about="x"), record("2", type="b", about="y")]}
    assert consume(event, jobs, queues()) == {"batchItemFailures": []}
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
    assert consume(event, jobs, queues()) == {"batchItemFailures": failures}
    assert done == ["x"]
    assert SECRET not in log_lines()


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"type": "unknown"}', '{"type": ["a"]}'])
def test_a_message_that_nobody_understands_comes_back_until_it_is_set_aside(body: str) -> None:
    event = {"Records": [{"messageId": "1", "body": body}]}
    assert consume(event, {}, queues()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_what_is_unavailable_rests_ever_longer() -> None:
    sqs = Sqs()
    for times in range(1, 11):
        event = {"Records": [record("1", times=times, type="bad")]}
        consume(event, {"bad": failing(Unavailable())}, queues(sqs))
    assert sqs.rests[:3] == [5, 300, 1800]
    assert sqs.rests == sorted(sqs.rests)
    assert sqs.rests[-1] <= 43_200
    assert sum(sqs.rests[:9]) > 2 * 24 * 3600


def test_a_fault_of_ours_does_not_rest() -> None:
    sqs = Sqs()
    consume({"Records": [record("1", type="bad")]}, {"bad": failing(ValueError())}, queues(sqs))
    assert sqs.rests == []


def test_a_message_that_may_not_rest_comes_back_all_the_same() -> None:
    event = {"Records": [record("1", type="bad")]}
    answer = consume(event, {"bad": failing(Unavailable())}, queues(Sqs(refusing=True)))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
