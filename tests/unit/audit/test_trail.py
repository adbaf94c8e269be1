"""The audit trail: every change of a status, once, by ids alone."""

from chalicelib import wiring
from chalicelib.errors import Conflict
from chalicelib.platform.dynamo import commit
from tests.cloud import Cloud

KEY = {"pk": "CERTIFICATE#cert_1", "sk": "CERTIFICATE"}
NAME = "欧阳娜娜"


def change(cloud: Cloud) -> None:
    """Let the relay see what happened since the last call."""
    event = cloud.stream("CoreTable")
    assert event is not None
    wiring.relay(event)


def trail(cloud: Cloud) -> list[tuple[str | None, str | None]]:
    entries = [item for item in cloud.items() if item["pk"]["S"] == f"AUDIT#{KEY['pk']}"]
    entries.sort(key=lambda item: str(item["sk"]["S"]))
    return [(item["before"].get("S"), item["after"].get("S")) for item in entries]


def store(cloud: Cloud, status: object) -> None:
    item = {**KEY, "id": "cert_1", "citizen_id": "ctz_1", "status": status, "name": NAME}
    commit(wiring.core_table().put(item, Conflict(), expect={}))


def test_a_life_leaves_its_trail_in_order(cloud: Cloud) -> None:
    store(cloud, "gathering")
    store(cloud, "issued")
    change(cloud)
    commit(wiring.core_table().delete(KEY, Conflict(), expect={"status": "issued"}))
    change(cloud)
    assert trail(cloud) == [(None, "gathering"), ("gathering", "issued"), ("issued", None)]


def test_the_same_stream_again_adds_nothing(cloud: Cloud) -> None:
    store(cloud, "gathering")
    event = cloud.stream("CoreTable")
    assert event is not None
    wiring.relay(event)
    wiring.relay(event)
    assert len(trail(cloud)) == 1


def test_a_change_of_something_else_leaves_none(cloud: Cloud) -> None:
    store(cloud, "gathering")
    change(cloud)
    commit(wiring.core_table().update(KEY, Conflict(), expect={"status": "gathering"}, assign={"version": 2}))
    change(cloud)
    assert len(trail(cloud)) == 1


def test_an_entry_holds_ids_and_states_and_nothing_else(cloud: Cloud) -> None:
    store(cloud, "gathering")
    change(cloud)
    (entry,) = [item for item in cloud.items() if item["pk"]["S"].startswith("AUDIT#")]
    assert set(entry) == {"pk", "sk", "record_sk", "before", "after", "at", "ids"}
    assert entry["ids"]["M"] == {"id": {"S": "cert_1"}, "citizen_id": {"S": "ctz_1"}}
    assert NAME not in str(entry)


def test_an_http_status_that_a_record_keeps_is_no_state(cloud: Cloud) -> None:
    store(cloud, 201)
    change(cloud)
    assert trail(cloud) == []


def test_the_trail_does_not_audit_itself(cloud: Cloud) -> None:
    store(cloud, "gathering")
    change(cloud)
    change(cloud)
    assert cloud.stream("CoreTable") is None
