"""Messages that travel on the item whose change caused them."""

import json
from typing import Any

import pytest

from chalicelib.errors import Conflict, Unavailable
from chalicelib.platform import outbox
from chalicelib.platform.dynamo import Table, commit
from chalicelib.platform.queue import Queues
from chalicelib.types import rfc3339
from tests.clock import HeldClock
from tests.cloud import Cloud

KEY = {"pk": "A", "sk": "1"}


@pytest.fixture
def queues(cloud: Cloud) -> Queues:
    return Queues({"events": cloud.urls["EventsQueue"], "notices": cloud.urls["NoticesQueue"]})


def store(*messages: outbox.Message, **more: object) -> None:
    commit(Table("CoreTable").put({**KEY, **more, "outbox": list(messages)}, Conflict(), expect={}))


def relayed(cloud: Cloud, queues: Queues) -> None:
    event = cloud.stream("CoreTable")
    assert event is not None
    outbox.relay(event, queues)


def waiting(cloud: Cloud, queue: str) -> list[dict[str, Any]]:
    return [json.loads(each["body"]) for each in cloud.receive(queue)]


def test_a_message_says_what_about_what_and_since_when(clock: HeldClock) -> None:
    message = outbox.message("notices", "notice.send", "apt_1", 3, citizen="ctz_1")
    assert message == {
        "queue": "notices",
        "body": {
            "type": "notice.send",
            "id": "notice.send:apt_1:3",
            "about": "apt_1",
            "version": 3,
            "at": rfc3339(clock()),
            "citizen": "ctz_1",
        },
    }


def test_each_message_goes_to_its_queue(cloud: Cloud, queues: Queues) -> None:
    store(
        outbox.message("events", "event.deliver", "apt_1"), outbox.message("notices", "notice.send", "apt_1")
    )
    relayed(cloud, queues)
    assert [each["type"] for each in waiting(cloud, "EventsQueue")] == ["event.deliver"]
    assert [each["type"] for each in waiting(cloud, "NoticesQueue")] == ["notice.send"]


def test_a_message_that_was_there_before_is_not_sent_again(cloud: Cloud, queues: Queues) -> None:
    old = outbox.message("events", "event.deliver", "apt_1", 1)
    store(old)
    relayed(cloud, queues)
    waiting(cloud, "EventsQueue")
    store(old, outbox.message("events", "event.deliver", "apt_1", 2), touched=True)
    relayed(cloud, queues)
    assert [each["id"] for each in waiting(cloud, "EventsQueue")] == ["event.deliver:apt_1:2"]


def test_two_changes_in_one_batch_send_each_message_once(cloud: Cloud, queues: Queues) -> None:
    first, second = (outbox.message("events", "event.deliver", "apt_1", number) for number in (1, 2))
    store(first)
    store(first, second)
    store(second)
    relayed(cloud, queues)
    assert sorted(each["version"] for each in waiting(cloud, "EventsQueue")) == [1, 2]


def test_an_item_without_messages_and_a_removal_send_nothing(cloud: Cloud, queues: Queues) -> None:
    store()
    commit(Table("CoreTable").delete(KEY, Conflict(), expect={}))
    commit(Table("CoreTable").put({"pk": "A", "sk": "2"}, Conflict()))
    relayed(cloud, queues)
    assert waiting(cloud, "EventsQueue") == []


def test_more_messages_than_one_batch_takes_all_arrive(cloud: Cloud, queues: Queues) -> None:
    store(*(outbox.message("events", "event.deliver", f"apt_{number}") for number in range(23)))
    relayed(cloud, queues)
    found = [each["about"] for _ in range(3) for each in waiting(cloud, "EventsQueue")]
    assert sorted(found) == sorted(f"apt_{number}" for number in range(23))


def test_the_same_stream_again_sends_the_same_ids(cloud: Cloud, queues: Queues) -> None:
    """At least once: consumers tell repetitions by the message's id."""
    store(outbox.message("events", "event.deliver", "apt_1"))
    event = cloud.stream("CoreTable")
    assert event is not None
    outbox.relay(event, queues)
    outbox.relay(event, queues)
    assert [each["id"] for each in waiting(cloud, "EventsQueue")] == ["event.deliver:apt_1:1"] * 2


class PartlyRefusing:
    """An SQS client that takes a batch but for one entry."""

    def send_message_batch(self, **_: object) -> dict[str, Any]:
        return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}


def test_a_message_that_the_queue_did_not_take_brings_the_stream_again(cloud: Cloud) -> None:
    store(outbox.message("events", "event.deliver", "apt_1"))
    event = cloud.stream("CoreTable")
    assert event is not None
    refusing = Queues({"events": "url"}, PartlyRefusing)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        outbox.relay(event, refusing)
