"""The memory cloud itself: what moto does not know, and what it adds: crashes, lagging replicas, keys, queues."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib import wiring
from chalicelib.config import settings
from chalicelib.errors import Conflict, Unavailable
from chalicelib.platform import aws, web
from chalicelib.platform.aws import error_code
from chalicelib.platform.dynamo import PRESENT, Table, commit, transact
from chalicelib.platform.keys import Es256Signer, Mac, RsaSigner, Sealer
from tests.clock import HeldClock
from tests.fakes import Sent
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, place
from tests.memory.errors import NotModelled

TABLE = Table("CoreTable")
KEY = {"pk": "A", "sk": "1"}


@pytest.fixture
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


def put(**attributes: Any) -> None:
    commit(TABLE.put(KEY | attributes, Conflict(), expect={}))


def code_of(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(*arguments, **named)
    return error_code(raised.value)


# -- what the service refuses and the emulator lets pass
def test_nothing_is_removed_from_a_map_that_is_not_there(here: Place) -> None:
    put(name="x")
    gone = TABLE.update(KEY, Conflict(), expect={"pk": PRESENT}, remove=["wallet.card"])
    assert code_of(commit, gone) == "ValidationException"


def test_an_absent_attribute_is_not_null(here: Place) -> None:
    put()
    with pytest.raises(Conflict):
        commit(TABLE.delete(KEY, Conflict(), expect={"name": None}))


def test_no_item_is_written_twice_in_one_request(here: Place) -> None:
    twice = [KEY | {"status": each} for each in "ab"]
    assert code_of(TABLE.put_all, twice) == "ValidationException"
    assert code_of(transact, [TABLE.put(each, Conflict()) for each in twice]) == "ValidationException"


def test_an_index_key_is_of_its_type(here: Place) -> None:
    for wrong in ({"due_kind": None}, {"due_kind": ""}, {"due_kind": "k", "due_at": "1"}):
        assert code_of(put, **wrong) == "ValidationException"


# -- what is not known is not half understood
@pytest.mark.parametrize(
    "asked",
    [
        {"ConditionExpression": "size(pk) > :v", "ExpressionAttributeValues": {":v": {"N": "1"}}},
        {"ConditionExpression": "attribute_exists(status)"},
        {"ReturnConsumedCapacity": "TOTAL"},
    ],
)
def test_what_is_not_modelled_ends_the_test(here: Place, asked: dict[str, Any]) -> None:
    with pytest.raises(NotModelled):
        aws.dynamodb().put_item(TableName="CoreTable", Item={"pk": {"S": "A"}, "sk": {"S": "1"}}, **asked)


def test_placeholders_are_all_defined_and_all_used(here: Place) -> None:
    item = {"TableName": "CoreTable", "Item": {"pk": {"S": "A"}, "sk": {"S": "1"}}}
    for wrong in (
        {"ConditionExpression": "attribute_exists(#a)"},
        {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeNames": {"#a": "b"}},
    ):
        assert code_of(aws.dynamodb().put_item, **item, **wrong) == "ValidationException"


# -- processes that die
def test_a_process_dies_before_or_after_its_call(here: Place) -> None:
    def work() -> None:
        TABLE.get(KEY)
        put(name="x")

    with pytest.raises(Died):
        here.cloud.live(work, Strike(1, Moment.BEFORE, here.cloud.calls.die))
    assert (here.cloud.items(), here.cloud.calls.last.made) == (
        [],
        ["dynamodb.get_item", "dynamodb.put_item"],
    )
    with pytest.raises(Died):
        here.cloud.live(work, Strike(1, Moment.AFTER, here.cloud.calls.die))
    assert len(here.cloud.items()) == 1


def test_a_dead_process_does_nothing_more(here: Place) -> None:
    def clings_to_life() -> None:
        try:
            TABLE.get(KEY)
        finally:
            put()

    with pytest.raises(Died):
        here.cloud.live(clings_to_life, Strike(0, Moment.BEFORE, here.cloud.calls.die))
    assert here.cloud.items() == []


def test_another_process_may_run_between_two_calls(here: Place) -> None:
    def count_up() -> None:
        found = TABLE.get(KEY) or {"n": 0}
        put(n=found["n"] + 1)

    here.cloud.live(count_up, Strike(1, Moment.BEFORE, lambda: here.cloud.live(count_up)))
    assert here.cloud.calls.last.struck
    assert TABLE.get(KEY) == KEY | {"n": 1}


def test_a_call_over_http_passes_the_same_gate(here: Place) -> None:
    address = here.world.on("/letters", lambda _: Sent(204))

    def write() -> int:
        return web.post(address, b"{}", {}, seconds=1).status

    assert here.cloud.live(write) == 204
    with pytest.raises(Died):
        here.cloud.live(write, Strike(0, Moment.AFTER, here.cloud.calls.die))
    assert len(here.world.at("/letters")) == 2


# -- replicas, streams and queues
def test_a_lagging_replica_has_what_was_there_before(here: Place) -> None:
    put(n=1)
    here.cloud.lag(lagging=True)
    put(n=2)
    commit(TABLE.put({"pk": "A", "sk": "2"}, Conflict()))
    assert TABLE.get(KEY) == KEY | {"n": 1}
    assert TABLE.get(KEY, consistent=True) == KEY | {"n": 2}
    assert TABLE.query("A")[0] == [KEY | {"n": 1}]
    here.cloud.lag(lagging=False)
    assert len(TABLE.query("A")[0]) == 2


def test_messages_follow_from_changes_once_or_again(here: Place) -> None:
    body = {"type": "notice.send", "id": "1"}
    put(outbox=[{"queue": "notices", "body": body}])
    event = here.cloud.stream("CoreTable")
    assert event is not None
    wiring.relay(event)
    assert len(here.cloud.waiting("NoticesQueue")) == 1
    wiring.relay(event)
    assert len(here.cloud.waiting("NoticesQueue")) == 2
    assert not here.cloud.at_rest()


def test_a_change_that_changes_nothing_is_no_change(here: Place) -> None:
    put(n=1)
    put(n=1)
    assert len(here.cloud.changes()) == 1


def test_a_message_is_given_up_after_its_last_time(here: Place) -> None:
    wiring.queues().send("notices", [{"type": "no such job"}])
    here.cloud.settle()
    assert here.cloud.dead_letters() == [{"type": "no such job"}]


# -- keys
def test_sealed_is_opened_with_its_context_alone(here: Place) -> None:
    sealer = Sealer(settings().identity_key)
    sealed = sealer.seal({"a": "b"}, {"person": "1"})
    assert sealer.open(sealed, {"person": "1"}) == {"a": "b"}
    assert code_of(sealer.open, sealed, {"person": "2"}) == "InvalidCiphertextException"


def test_signatures_are_real(here: Place) -> None:
    signer = Es256Signer(settings().token_key)
    raw = signer.sign(b"m")
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    signer.public_key.verify(encode_dss_signature(r, s), b"m", ECDSA(SHA256()))
    der: Any = load_der_public_key(aws.kms().get_public_key(KeyId=settings().payment_app_key)["PublicKey"])
    der.verify(RsaSigner(settings().payment_app_key).sign(b"m"), b"m", PKCS1v15(), SHA256())


def test_a_key_serves_what_it_was_made_for(here: Place) -> None:
    assert Mac(settings().code_mac_key).digest(b"m") == Mac(settings().code_mac_key).digest(b"m")
    assert code_of(Mac(settings().identity_key).digest, b"m") == "InvalidKeyUsageException"
    assert code_of(Mac("no such key").digest, b"m") == "NotFoundException"


def test_an_unavailable_table_is_told_as_such(here: Place) -> None:
    def throttled() -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    with pytest.raises(Unavailable):
        here.cloud.live(put, Strike(0, Moment.BEFORE, throttled))
