"""The tests' own cloud: made from the infrastructure's fragments, so that the two cannot drift apart."""

from chalicelib import wiring
from chalicelib.config import settings
from chalicelib.errors import Conflict
from chalicelib.platform import outbox
from chalicelib.platform.dynamo import commit
from tests.cloud import Cloud


def test_every_setting_is_given_by_the_template(cloud: Cloud) -> None:
    assert settings().core_table in cloud.arns
    assert settings().events_queue_url == cloud.urls["EventsQueue"]
    assert settings().token_key == cloud.keys["TokenKey"]


def test_a_change_is_seen_once_in_the_stream(cloud: Cloud) -> None:
    commit(wiring.core_table().put({"pk": "A", "sk": "B", "raw": b"\x00\xff"}, Conflict()))
    event = cloud.stream("CoreTable")
    assert event is not None
    assert [each["eventName"] for each in event["Records"]] == ["INSERT"]
    assert event["Records"][0]["dynamodb"]["NewImage"]["raw"] == {"B": "AP8="}
    assert cloud.stream("CoreTable") is None


def test_a_message_on_an_item_reaches_its_queue(cloud: Cloud) -> None:
    item = {"pk": "A", "sk": "B", "outbox": [outbox.message("notices", "notice.send", "apt_1")]}
    commit(wiring.core_table().put(item, Conflict()))
    event = cloud.stream("CoreTable")
    assert event is not None
    outbox.relay(event, wiring.queues())
    assert len(cloud.receive("NoticesQueue")) == 1


def test_settling_runs_what_a_change_asked_for(cloud: Cloud) -> None:
    told = outbox.message("notices", "notice.send", "card_1", citizen="ctz_1", kind="card-bound")
    commit(wiring.core_table().put({"pk": "A", "sk": "B", "outbox": [told]}, Conflict()))
    cloud.settle()
    assert "CITIZEN#ctz_1" in [item["pk"]["S"] for item in cloud.items()]
    assert cloud.dead_letters() == []


def test_settling_gives_up_what_its_queue_would_give_up(cloud: Cloud) -> None:
    wiring.queues().send("notices", [{"type": "notice.unknown"}])
    cloud.settle()
    assert cloud.dead_letters() == [{"type": "notice.unknown"}]
