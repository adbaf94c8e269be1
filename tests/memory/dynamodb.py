"""DynamoDB in memory: the calls of the SDK's client that the app makes, with the answers and errors it would give."""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from tests.memory import queries
from tests.memory.conditions import condition
from tests.memory.errors import Attributes, NotModelled, cancelled, condition_failed, invalid
from tests.memory.tables import Key, MemoryTable
from tests.memory.updates import update
from tests.memory.words import words_of

_MOST_ITEMS, _MOST_PUTS, _MOST_GETS = 100, 25, 100


class DynamoDB:
    """The client. It takes exactly the arguments that are named here; another one is NotModelled."""

    def __init__(self, tables: Mapping[str, MemoryTable]) -> None:
        self.tables = tables

    # -- reading
    def get_item(
        self, *, TableName: str, Key: Attributes, ConsistentRead: bool = False, **unknown: Any
    ) -> dict[str, Any]:
        """One item by its key."""
        _known(unknown)
        found = self._read(TableName, Key, consistent=ConsistentRead)
        return {} if found is None else {"Item": found}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any], **unknown: Any) -> dict[str, Any]:
        """Several items by their keys, in no order that anybody may rely on."""
        _known(unknown)
        responses = {}
        for name, wanted in RequestItems.items():
            _known({each: wanted[each] for each in wanted if each not in {"Keys", "ConsistentRead"}})
            consistent, keys = wanted.get("ConsistentRead", False), wanted["Keys"]
            if not 0 < len(keys) <= _MOST_GETS or len({repr(sorted(each.items())) for each in keys}) < len(
                keys
            ):
                raise invalid("Provided list of item keys is too long, empty or contains duplicates")
            found = [self._read(name, key, consistent=consistent) for key in reversed(keys)]
            responses[name] = [each for each in found if each is not None]
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _read(self, table: str, key: Attributes, *, consistent: bool) -> Attributes | None:
        memory = self.tables[table]
        return memory.find(memory.shape.key_of(key, whole=True), consistent=consistent)

    def query(self, *, TableName: str, **request: Any) -> dict[str, Any]:
        """Items of one partition, of the table or of an index."""
        return queries.query(self.tables[TableName], request)

    # -- writing one item
    def put_item(self, **request: Any) -> dict[str, Any]:
        """Store a whole item."""
        return self._alone("Put", request)

    def update_item(self, *, ReturnValues: str = "NONE", **request: Any) -> dict[str, Any]:
        """Change an item, or make one."""
        if ReturnValues not in {"NONE", "ALL_NEW"}:
            raise NotModelled(ReturnValues)
        answer = self._alone("Update", request)
        if ReturnValues == "NONE":
            return answer
        memory = self.tables[request["TableName"]]
        return {"Attributes": memory.items[memory.shape.key_of(request["Key"], whole=True)]}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """Remove an item."""
        return self._alone("Delete", request)

    def _alone(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        memory, key, new = self._outcome(operation, request)
        memory.store(key, new)
        return {}

    # -- writing several items
    def transact_write_items(
        self, *, TransactItems: Sequence[Mapping[str, Any]], **unknown: Any
    ) -> dict[str, Any]:
        """All writes or none."""
        _known(unknown)
        if not 0 < len(TransactItems) <= _MOST_ITEMS:
            raise invalid("Member must have length less than or equal to 100")
        outcomes: list[tuple[MemoryTable, Key, Attributes | None]] = []
        reasons: list[ClientError | None] = []
        self._refuse_twice([(item["TableName"], item) for each in TransactItems for item in each.values()])
        for each in TransactItems:
            ((operation, request),) = each.items()
            try:
                outcomes.append(self._outcome(operation, request))
                reasons.append(None)
            except ClientError as error:
                reasons.append(error)
        if any(reasons):
            raise cancelled(reasons)
        for memory, key, new in outcomes:
            memory.store(key, new)
        return {}

    def batch_write_item(
        self, *, RequestItems: Mapping[str, Sequence[Mapping[str, Any]]], **unknown: Any
    ) -> dict[str, Any]:
        """Up to 25 whole items, each on its own."""
        _known(unknown)
        puts = [(name, each["PutRequest"]) for name, wanted in RequestItems.items() for each in wanted]
        if not 0 < len(puts) <= _MOST_PUTS:
            raise invalid("Too many items requested for the BatchWriteItem call")
        self._refuse_twice(puts)
        outcomes = [self._outcome("Put", {"TableName": name, **put}) for name, put in puts]
        for memory, key, new in outcomes:
            memory.store(key, new)
        return {"UnprocessedItems": {}}

    def _refuse_twice(self, wanted: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        keys = {(name, self._key(name, request)) for name, request in wanted}
        if len(keys) < len(wanted):
            raise invalid("Transaction request cannot include multiple operations on one item")

    def _key(self, table: str, request: Mapping[str, Any]) -> Key:
        shape = self.tables[table].shape
        if "Item" in request:
            return shape.key_of(request["Item"], whole=False)
        return shape.key_of(request["Key"], whole=True)

    def _outcome(
        self, operation: str, request: Mapping[str, Any]
    ) -> tuple[MemoryTable, Key, Attributes | None]:
        """What one write would leave. Raises its refusal."""
        _known({name: request[name] for name in request.keys() - _ARGUMENTS[operation]})
        memory = self.tables[request["TableName"]]
        key = self._key(request["TableName"], request)
        standing = memory.items.get(key)
        changed = _changed(operation, request, standing)
        if operation == "Update" and memory.shape.key_of(changed, whole=False) != key:
            raise invalid("Cannot update attribute. This attribute is part of the key")
        if operation in {"Put", "Update"}:
            memory.shape.check(changed)
            return memory, key, changed
        return memory, key, None if operation == "Delete" else standing


_CONDITION = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
}
_ARGUMENTS = {
    "Put": {"Item", *_CONDITION},
    "Update": {"Key", "UpdateExpression", *_CONDITION},
    "Delete": {"Key", *_CONDITION},
    "ConditionCheck": {"Key", *_CONDITION},
}


def _known(unknown: Mapping[str, Any]) -> None:
    if unknown:
        raise NotModelled(f"the arguments {sorted(unknown)}")


def _changed(operation: str, request: Mapping[str, Any], standing: Attributes | None) -> Attributes:
    """The item that a put or an update makes. Raises the refusal of a condition or of the update itself."""
    wanted = condition(request["ConditionExpression"]) if "ConditionExpression" in request else None
    change = update(request["UpdateExpression"]) if operation == "Update" else None
    words = words_of(
        request.get("ExpressionAttributeNames"),
        request.get("ExpressionAttributeValues"),
        [each.placeholders for each in (wanted, change) if each],
    )
    if wanted and not wanted.holds(standing or {}, words):
        told = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        raise condition_failed(operation, standing if told else None)
    if change:
        return change.apply(standing or request["Key"], words)
    made: Attributes = request.get("Item", {})
    return made
