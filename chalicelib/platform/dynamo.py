"""Tables, conditions, write intents and their one commit. Knows keys and conditions, never what an item means.

A store builds `Write`s: one item's change, the condition under which it may happen, and the fact to raise when the
condition fails. `commit` applies one of them with one call, `transact` several of them together or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import ClientError

from chalicelib.errors import AppError, Unavailable
from chalicelib.platform import aws
from chalicelib.platform.rounds import rounds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH = 25
_BATCH_TRIES = 5
_CONFLICT_TRIES = 5
"""A transaction that holds one of the items does so for some milliseconds."""
_DUE_PAGE = 100

_Done = TypeVar("_Done")
Item = dict[str, Any]
Refusal = Callable[[Item], AppError | None]
"""Given the item that stood in the way ({} if none), says why; None means that this very write took effect before."""


class Contended(Unavailable):
    """Another transaction is changing one of the same items at this very moment: nothing was done, try again."""


class ABSENT:
    """A condition: the attribute must not be there."""


class PRESENT:
    """A condition: the attribute must be there."""


@dataclass(frozen=True, slots=True)
class Above:
    """A condition: the attribute must be greater than this number."""

    bound: int


@dataclass(frozen=True, slots=True)
class Below:
    """A condition: the attribute must be less than this number."""

    bound: int


@dataclass(frozen=True, slots=True)
class Write:
    """One conditional change of one item; `refused` turns a failed condition into the caller's own error."""

    operation: str
    request: dict[str, Any]
    refused: Refusal


def to_attribute(value: object) -> dict[str, Any]:
    """A DynamoDB attribute value of a plain Python value (no floats: money and counts are whole)."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": to_attributes(value)}
        case list() | tuple():
            return {"L": [to_attribute(each) for each in value]}
    raise TypeError(f"an item cannot hold a {type(value).__name__}")


def to_attributes(values: Mapping[str, object]) -> dict[str, Any]:
    """An item or map in DynamoDB's notation."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401  (the inverse of to_attribute)
    """The plain Python value behind a DynamoDB attribute value."""
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return int(value)
        case "M":
            return from_attributes(value)
        case "L":
            return [from_attribute(each) for each in value]
        case _:
            return value


def from_attributes(attributes: Mapping[str, Any]) -> Item:
    """A plain item from DynamoDB's notation."""
    return {name: from_attribute(value) for name, value in attributes.items()}


class _Expression:
    """Collects placeholders, so that no attribute name or value is ever pasted into an expression."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def path(self, dotted: str) -> str:
        return ".".join(self._name(part) for part in dotted.split("."))

    def _name(self, part: str) -> str:
        key = f"#n{len(self.names)}"
        for placeholder, name in self.names.items():
            if name == part:
                return placeholder
        self.names[key] = part
        return key

    def value(self, value: object) -> str:
        key = f":v{len(self.values)}"
        self.values[key] = to_attribute(value)
        return key

    def condition(self, path: str, expected: object) -> str:
        name = self.path(path)
        if expected is ABSENT:
            return f"attribute_not_exists({name})"
        if expected is PRESENT:
            return f"attribute_exists({name})"
        if isinstance(expected, Above):
            return f"{name} > {self.value(expected.bound)}"
        if isinstance(expected, Below):
            return f"{name} < {self.value(expected.bound)}"
        if isinstance(expected, tuple):
            return f"{name} IN ({', '.join(self.value(each) for each in expected)})"
        return f"{name} = {self.value(expected)}"

    def all_of(self, expected: Mapping[str, object]) -> str:
        return " AND ".join(self.condition(path, value) for path, value in expected.items())

    def arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if self.names:
            arguments["ExpressionAttributeNames"] = self.names
        if self.values:
            arguments["ExpressionAttributeValues"] = self.values
        return arguments


def _always(error: AppError | Refusal) -> Refusal:
    return (lambda _: error) if isinstance(error, AppError) else error


@dataclass(frozen=True, slots=True)
class Table:
    """One table: reads, and builders of writes. `client` is called late, so that building one opens no connection."""

    name: str
    client: Callable[[], DynamoDBClient] = aws.dynamodb

    def get(self, key: Mapping[str, str], *, consistent: bool = False) -> Item | None:
        """One item by its whole key; `consistent` sees every write acknowledged before (and costs twice)."""
        answer = aws.call(
            self.client().get_item, TableName=self.name, Key=to_attributes(key), ConsistentRead=consistent
        )
        return from_attributes(answer["Item"]) if "Item" in answer else None

    def get_all(self, keys: Sequence[Mapping[str, str]]) -> list[Item]:
        """Up to a hundred items by their whole keys, those that are there, in no order; eventually consistent.

        Raises Unavailable if some were not read: read all again.
        """
        wanted = {self.name: {"Keys": [to_attributes(key) for key in keys]}}
        answer = aws.call(self.client().batch_get_item, RequestItems=wanted)
        if answer.get("UnprocessedKeys"):
            raise Unavailable
        return [from_attributes(item) for item in answer["Responses"].get(self.name, [])]

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        limit: int = 50,
        after: Mapping[str, Any] | None = None,
        newest_first: bool = False,
        consistent: bool = False,
    ) -> tuple[list[Item], Item | None]:
        """Items of one partition whose sort key starts with `prefix`, in order; the key to go on after, or None."""
        values = {":pk": partition} | ({":sk": prefix} if prefix else {})
        answer = aws.call(
            self.client().query,
            TableName=self.name,
            KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :sk)" if prefix else ""),
            ExpressionAttributeValues=to_attributes(values),
            ScanIndexForward=not newest_first,
            ConsistentRead=consistent,
            Limit=limit,
            **({"ExclusiveStartKey": to_attributes(after)} if after else {}),
        )
        last = answer.get("LastEvaluatedKey")
        return [from_attributes(item) for item in answer["Items"]], from_attributes(last) if last else None

    def due(self, kind: str, until: int) -> Iterator[Item]:
        """Keys of open intents of `kind` whose `due_at` (Unix seconds) has come, the longest due first, each once.

        Page by page, as they are asked for; eventually consistent.
        """
        page: dict[str, Any] = {}
        seen: set[tuple[str, str]] = set()
        while True:
            answer = aws.call(
                self.client().query,
                TableName=self.name,
                IndexName="due",
                KeyConditionExpression="due_kind = :kind AND due_at <= :until",
                ExpressionAttributeValues=to_attributes({":kind": kind, ":until": until}),
                Limit=_DUE_PAGE,
                **page,
            )
            for item in map(from_attributes, answer["Items"]):
                key = (item["pk"], item["sk"])
                if key not in seen:
                    seen.add(key)
                    yield item
            if "LastEvaluatedKey" not in answer:
                return
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put_behind(self, key: Mapping[str, str], kind: str, now: int) -> Write:
        """Let an open intent be the last of those due by now: what fails must not keep the others waiting."""
        expect = {"due_kind": kind, "due_at": Below(now)}
        return self.update(key, lambda _: None, expect=expect, assign={"due_at": now})

    def standing(
        self, kind: str, *, limit: int, after: Mapping[str, Any] | None = None
    ) -> tuple[list[Item], Item | None]:
        """Keys of open intents of `kind`, due or not, the oldest first, and the key to go on after, or None."""
        answer = aws.call(
            self.client().query,
            TableName=self.name,
            IndexName="due",
            KeyConditionExpression="due_kind = :kind",
            ExpressionAttributeValues=to_attributes({":kind": kind}),
            Limit=limit,
            **({"ExclusiveStartKey": to_attributes(after)} if after else {}),
        )
        last = answer.get("LastEvaluatedKey")
        return [from_attributes(item) for item in answer["Items"]], from_attributes(last) if last else None

    def put_all(self, items: Sequence[Mapping[str, object]]) -> None:
        """Store whole items over whatever stands under their keys; for data that one keeper owns as a whole.

        Raises Unavailable if some were not taken: put all again.
        """
        for start in range(0, len(items), _BATCH):
            puts = [{"PutRequest": {"Item": to_attributes(item)}} for item in items[start : start + _BATCH]]
            for _ in rounds(_BATCH_TRIES):
                answer = aws.call(self.client().batch_write_item, RequestItems={self.name: puts})
                puts = answer.get("UnprocessedItems", {}).get(self.name, [])
                if not puts:
                    break
            else:
                raise Unavailable

    def put(
        self,
        item: Mapping[str, object],
        refused: AppError | Refusal,
        *,
        expect: Mapping[str, object] | None = None,
    ) -> Write:
        """Store a whole item; by default only where there is none with its key, with `expect={}` in any case."""
        expression = _Expression()
        condition = expression.all_of({"pk": ABSENT} if expect is None else expect)
        request = {
            "TableName": self.name,
            "Item": to_attributes(item),
            **({"ConditionExpression": condition} if condition else {}),
            **expression.arguments(),
        }
        return Write("Put", request, _always(refused))

    def update(
        self,
        key: Mapping[str, str],
        refused: AppError | Refusal,
        *,
        expect: Mapping[str, object],
        assign: Mapping[str, object] | None = None,
        remove: Sequence[str] = (),
        add: Mapping[str, int] | None = None,
    ) -> Write:
        """Change some attributes (dotted paths) where every expectation holds."""
        expression = _Expression()
        sets = ", ".join(f"{expression.path(p)} = {expression.value(v)}" for p, v in (assign or {}).items())
        removes = ", ".join(expression.path(path) for path in remove)
        adds = ", ".join(f"{expression.path(p)} {expression.value(v)}" for p, v in (add or {}).items())
        clauses = (("SET", sets), ("REMOVE", removes), ("ADD", adds))
        request = {
            "TableName": self.name,
            "Key": to_attributes(key),
            "UpdateExpression": " ".join(f"{verb} {terms}" for verb, terms in clauses if terms),
            "ConditionExpression": expression.all_of(expect),
            **expression.arguments(),
        }
        return Write("Update", request, _always(refused))

    def delete(
        self, key: Mapping[str, str], refused: AppError | Refusal, *, expect: Mapping[str, object]
    ) -> Write:
        """Remove an item where every expectation holds."""
        return self._keyed("Delete", key, refused, expect)

    def check(
        self, key: Mapping[str, str], refused: AppError | Refusal, *, expect: Mapping[str, object]
    ) -> Write:
        """Change nothing, but let the transaction fail unless every expectation holds."""
        return self._keyed("ConditionCheck", key, refused, expect)

    def _keyed(
        self,
        operation: str,
        key: Mapping[str, str],
        refused: AppError | Refusal,
        expect: Mapping[str, object],
    ) -> Write:
        expression = _Expression()
        request = {
            "TableName": self.name,
            "Key": to_attributes(key),
            "ConditionExpression": expression.all_of(expect),
            **expression.arguments(),
        }
        return Write(operation, request, _always(refused))


def commit(write: Write, client: Callable[[], DynamoDBClient] = aws.dynamodb) -> Item:
    """Apply one write with one call. Returns an update's new item ({} for other kinds).

    Raises the write's own refusal, Contended, or Unavailable when the table cannot be reached.
    """
    return _unless_contended(lambda: _commit(write, client))


def _commit(write: Write, client: Callable[[], DynamoDBClient]) -> Item:
    call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[write.operation]
    returning = {"ReturnValues": "ALL_NEW"} if write.operation == "Update" else {}
    try:
        answer = aws.call(
            getattr(client(), call),
            **write.request,
            **returning,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        code = aws.error_code(error)
        if code == "TransactionConflictException":
            raise Contended from error
        if code != "ConditionalCheckFailedException":
            raise
        _refuse(write, cast("Mapping[str, Any]", error.response).get("Item"), error)
        return {}
    return from_attributes(answer.get("Attributes", {}))


def transact(writes: Iterable[Write], client: Callable[[], DynamoDBClient] = aws.dynamodb) -> None:
    """Apply all writes or none. Raises the first refused write's own error, Contended, or Unavailable."""
    batch = list(writes)
    _unless_contended(lambda: _transact(batch, client))


def _transact(batch: Sequence[Write], client: Callable[[], DynamoDBClient]) -> None:
    items = [{w.operation: w.request | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}} for w in batch]
    try:
        aws.call(client().transact_write_items, TransactItems=items)
    except ClientError as error:
        if aws.error_code(error) != "TransactionCanceledException":
            raise
        _cancelled(batch, error)


def _unless_contended(deed: Callable[[], _Done]) -> _Done:
    """What `deed` gives: where a transaction was in its way nothing was done, and it may be asked again."""
    contended = Contended()
    for _ in rounds(_CONFLICT_TRIES):
        try:
            return deed()
        except Contended as met:
            contended = met
    raise contended


def _cancelled(batch: Sequence[Write], error: ClientError) -> None:
    """Everything was undone: find the write whose condition failed. None, where each failed one says 'already mine'."""
    reasons = cast("Mapping[str, Any]", error.response).get("CancellationReasons", [])
    failed = [
        (write, reason)
        for write, reason in zip(batch, reasons, strict=False)
        if reason.get("Code") == "ConditionalCheckFailed"
    ]
    if not failed:
        raise Contended from error
    for write, reason in failed:
        _refuse(write, reason.get("Item"), error)


def _refuse(write: Write, standing: Mapping[str, Any] | None, cause: Exception) -> None:
    refusal = write.refused(from_attributes(standing or {}))
    if refusal is not None:
        raise refusal from cause
