"""DynamoDB's Query over a table in memory, or over one of its indexes (eventually consistent)."""

from collections.abc import Mapping
from typing import Any

from tests.memory.conditions import condition
from tests.memory.errors import Attributes, NotModelled, invalid
from tests.memory.tables import MemoryTable
from tests.memory.words import words_of

_ARGUMENTS = {
    "IndexName",
    "KeyConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ScanIndexForward",
    "Limit",
    "ExclusiveStartKey",
    "ConsistentRead",
    "Select",
}


def query(memory: MemoryTable, request: Mapping[str, Any]) -> dict[str, Any]:
    """One page. As the service does, a full page names a key to go on after even where nothing follows."""
    if request.get("Select", "COUNT") != "COUNT":
        raise NotModelled(request["Select"])
    if unknown := request.keys() - _ARGUMENTS:
        raise NotModelled(f"the arguments {sorted(unknown)}")
    index = request.get("IndexName")
    key = memory.shape.indexes[index] if index else memory.shape.key
    shown = tuple(dict.fromkeys((*key, *memory.shape.key)))
    found = _matching(memory, request, key)
    found.sort(
        key=lambda item: _place(memory, shown, item), reverse=not request.get("ScanIndexForward", True)
    )
    if "ExclusiveStartKey" in request:
        found = _after(memory, shown, found, request)
    page = found[: request["Limit"]] if "Limit" in request else found
    answer: dict[str, Any] = {"Count": len(page)}
    if request.get("Select") != "COUNT":
        more = memory.shape.carried[index] if index else ()
        answer["Items"] = [_keys_of(item, (*shown, *more)) for item in page] if index else page
    if page and len(page) == request.get("Limit"):
        answer["LastEvaluatedKey"] = _keys_of(page[-1], shown)
    return answer


def _matching(memory: MemoryTable, request: Mapping[str, Any], key: tuple[str, ...]) -> list[Attributes]:
    wanted = condition(request["KeyConditionExpression"])
    words = words_of(
        request.get("ExpressionAttributeNames"),
        request.get("ExpressionAttributeValues"),
        [wanted.placeholders],
    )
    index, consistent = "IndexName" in request, request.get("ConsistentRead", False)
    if index and consistent:
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return [
        item
        for _, item in memory.seen(consistent=consistent)
        if all(name in item for name in key) and wanted.holds(item, words)
    ]


def _place(memory: MemoryTable, names: tuple[str, ...], item: Attributes) -> tuple[Any, ...]:
    return tuple(
        int(item[name]["N"]) if memory.shape.types[name] == "N" else item[name]["S"].encode()
        for name in names
    )


def _after(
    memory: MemoryTable, shown: tuple[str, ...], found: list[Attributes], request: Mapping[str, Any]
) -> list[Attributes]:
    start = request["ExclusiveStartKey"]
    if start.keys() != set(shown):
        raise invalid("The provided starting key is invalid")
    bound, forward = _place(memory, shown, start), request.get("ScanIndexForward", True)
    places = ((item, _place(memory, shown, item)) for item in found)
    return [item for item, place in places if (place > bound if forward else place < bound)]


def _keys_of(item: Attributes, names: tuple[str, ...]) -> Attributes:
    return {name: item[name] for name in names if name in item}
