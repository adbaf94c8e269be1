"""Requests to DynamoDB as hypothesis makes them up: those that the app's own builders make, and impossible ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from chalicelib.errors import Conflict
from chalicelib.platform.dynamo import ABSENT, PRESENT, Above, Below, Table, Write, to_attributes

TABLE = Table("CoreTable")
PATHS = ("pk", "status", "n", "m", "m.x", "m.y", "m.y.z", "absent.x")

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ab", "b"]) | st.just(b"\x00"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=2),
    max_leaves=4,
)
maps = st.fixed_dictionaries(
    {}, optional={"x": values, "y": st.fixed_dictionaries({"z": values}), "n": values}
)
keys = st.builds(
    lambda pk, sk: {"pk": pk, "sk": sk}, st.sampled_from("AB"), st.sampled_from(["1", "11", "2"])
)
due = st.sampled_from(
    [{}, {}, {"due_kind": "k", "due_at": 1}, {"due_kind": "k", "due_at": 20}, {"due_kind": "k"}]
)
entries = st.sampled_from(
    [
        {},
        {},
        *({"usage_of": "p", "usage_at": at, "usage": {"at": at}, "n": 1} for at in ("1", "3", "3x", "5")),
    ]
)
attributes = st.builds(
    lambda told, when, read: told | when | read,
    st.fixed_dictionaries(
        {}, optional={"status": st.sampled_from("ab"), "n": st.integers(0, 3), "m": maps, "v": values}
    ),
    due,
    entries,
)
told = values.filter(lambda value: value is not None)
"""Values to compare with; the emulator takes an absent attribute for NULL, the service does not."""
numbers = st.one_of(
    st.sampled_from([ABSENT, PRESENT]),
    st.integers(0, 3),
    st.builds(Above, st.integers(0, 3)),
    st.builds(Below, st.integers(0, 3)),
)
anything = st.one_of(st.sampled_from([ABSENT, PRESENT]), told, st.tuples(told, told))


def expectations(least: int) -> st.SearchStrategy[dict[str, Any]]:
    """What a write may expect; only numbers are compared by size, since the emulator fails at anything else."""
    places = st.lists(st.sampled_from(PATHS), unique=True, min_size=least, max_size=2)
    return places.flatmap(
        lambda paths: st.fixed_dictionaries({path: numbers if path == "n" else anything for path in paths})
    )


ASSIGNED = {"n": st.integers(0, 3), "m": maps, "m.y": st.fixed_dictionaries({"z": values})}


@st.composite
def updates(draw: st.DrawFn) -> Write:
    """An update of some paths; overlapping and impossible ones too."""
    paths = draw(st.lists(st.sampled_from(PATHS[1:]), unique=True, min_size=1, max_size=3))
    verbs = {path: draw(st.sampled_from(["assign", "assign", "remove"])) for path in paths}
    # the emulator lets REMOVE pass where there is no map to remove from; the service refuses, and so do we
    there = {path.rpartition(".")[0]: PRESENT for path in paths if verbs[path] == "remove" and "." in path}
    add = draw(st.sampled_from([None, None, {"n": 1}, {"count": 2}, {"status": 1}]))
    return TABLE.update(
        draw(keys),
        Conflict(),
        expect=draw(expectations(1)) | there,
        assign={path: draw(ASSIGNED.get(path, values)) for path in paths if verbs[path] == "assign"},
        remove=[path for path in paths if verbs[path] == "remove"],
        add=add,
    )


puts = st.builds(
    lambda key, told, expect: TABLE.put(key | told, Conflict(), expect=expect),
    keys,
    attributes,
    st.none() | expectations(0),
)
deletes = st.builds(lambda key, expect: TABLE.delete(key, Conflict(), expect=expect), keys, expectations(1))
checks = st.builds(lambda key, expect: TABLE.check(key, Conflict(), expect=expect), keys, expectations(1))


@dataclass(frozen=True)
class Asked:
    """One call of the client, as a function of the client and of the example's own beginning of a partition."""

    call: str
    request: Callable[[str], dict[str, Any]] = field(repr=False)
    shown: object = None


def alone(write: Write) -> Asked:
    call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[write.operation]
    more = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    more |= {"ReturnValues": "ALL_NEW"} if write.operation == "Update" else {}
    return Asked(call, lambda start: within(write, start) | more, write.request)


def together(writes: Sequence[Write]) -> Asked:
    def request(start: str) -> dict[str, Any]:
        told = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return {"TransactItems": [{each.operation: within(each, start) | told} for each in writes]}

    return Asked("transact_write_items", request, [(each.operation, each.request) for each in writes])


def within(write: Write, start: str) -> dict[str, Any]:
    """The request, in the example's own partitions."""
    name = "Item" if write.operation == "Put" else "Key"
    moved = write.request[name] | {"pk": {"S": start + write.request[name]["pk"]["S"]}}
    if "due_kind" in moved:
        moved["due_kind"] = {"S": start}
    if "usage_of" in moved:
        moved["usage_of"] = {"S": start}
    return write.request | {name: moved}


def get(key: Mapping[str, str]) -> Asked:
    def request(start: str) -> dict[str, Any]:
        return {
            "TableName": "CoreTable",
            "Key": to_attributes({**key, "pk": start + key["pk"]}),
            "ConsistentRead": True,
        }

    return Asked("get_item", request, key)


def page(partition: str, prefix: str, limit: int, *, newest_first: bool, after: str | None) -> Asked:
    def request(start: str) -> dict[str, Any]:
        told = {":pk": start + partition, ":sk": prefix}
        return {
            "TableName": "CoreTable",
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": to_attributes(told),
            "ScanIndexForward": not newest_first,
            "Limit": limit,
        } | ({"ExclusiveStartKey": to_attributes({"pk": told[":pk"], "sk": after})} if after else {})

    return Asked("query", request, (partition, prefix, limit, newest_first, after))


def intents(until: int, limit: int) -> Asked:
    def request(start: str) -> dict[str, Any]:
        return {
            "TableName": "CoreTable",
            "IndexName": "due",
            "KeyConditionExpression": "due_kind = :kind AND due_at <= :until",
            "ExpressionAttributeValues": to_attributes({":kind": start, ":until": until}),
            "Limit": limit,
        }

    return Asked("query", request, ("due", until, limit))


def period(low: str, high: str, limit: int, *, newest_first: bool, counted: bool) -> Asked:
    def request(start: str) -> dict[str, Any]:
        return {
            "TableName": "CoreTable",
            "IndexName": "usage",
            "KeyConditionExpression": "#of = :of AND #at BETWEEN :low AND :high",
            "ExpressionAttributeNames": {"#of": "usage_of", "#at": "usage_at"},
            "ExpressionAttributeValues": to_attributes({":of": start, ":low": low, ":high": high}),
            "ScanIndexForward": not newest_first,
            "Limit": limit,
        } | ({"Select": "COUNT"} if counted else {})

    return Asked("query", request, ("usage", low, high, limit, newest_first, counted))


def batch(items: Sequence[Mapping[str, Any]]) -> Asked:
    def request(start: str) -> dict[str, Any]:
        wanted = [to_attributes({**each, "pk": start + each["pk"]}) for each in items]
        return {"RequestItems": {"CoreTable": [{"PutRequest": {"Item": each}} for each in wanted]}}

    return Asked("batch_write_item", request, items)


def several(wanted: Sequence[Mapping[str, str]]) -> Asked:
    def request(start: str) -> dict[str, Any]:
        told = [to_attributes({**each, "pk": start + each["pk"]}) for each in wanted]
        return {"RequestItems": {"CoreTable": {"Keys": told, "ConsistentRead": True}}}

    return Asked("batch_get_item", request, wanted)


whole_items = st.builds(
    lambda key, told: key | told, keys, st.fixed_dictionaries({"status": st.sampled_from("ab")})
)
asked = st.one_of(
    st.builds(alone, puts),
    st.builds(alone, updates()),
    st.builds(alone, updates()),
    st.builds(alone, deletes),
    st.builds(together, st.lists(puts | updates() | deletes | checks, min_size=1, max_size=3)),
    st.builds(get, keys),
    st.builds(
        page,
        st.sampled_from("AB"),
        st.sampled_from(["1", "2", "x"]),
        st.integers(1, 3),
        newest_first=st.booleans(),
        after=st.sampled_from([None, None, "1", "2"]),
    ),
    st.builds(intents, st.sampled_from([1, 5, 20]), st.integers(1, 5)),
    st.builds(
        period,
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from(["3", "3x", "9"]),
        st.integers(1, 5),
        newest_first=st.booleans(),
        counted=st.booleans(),
    ),
    st.builds(
        batch, st.lists(whole_items, min_size=1, max_size=3, unique_by=lambda each: (each["pk"], each["sk"]))
    ),
    st.builds(several, st.lists(keys, min_size=1, max_size=3)),
)
