"""Reading a range of an index by offset: the greatest keys first, those before the offset counted and not read.

For contracts that page by offset and want a total; whoever may choose pages by cursor (`Table.query`).
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.platform import aws
from chalicelib.platform.dynamo import Item, Table, from_attributes, to_attributes

_MOST_AT_ONCE = 10_000
_Key = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Range:
    """An index of a table by its two keys, both of them text."""

    table: Table
    index: str
    hash_key: str
    sort_key: str

    def slice(self, of: str, bounds: tuple[str, str], offset: int, limit: int) -> tuple[list[Item], int]:
        """Items of one hash key within `bounds` (both included), and how many there are in all.

        Every item of the range is visited once: those on the page are read, the others only counted.
        """
        low, high = bounds
        if low > high:
            return [], 0
        skipped, after, more = self._counted(of, bounds, offset, None) if offset else (0, None, True)
        items: list[Item] = []
        while more and len(items) < limit:
            answer = self._ask(of, bounds, limit - len(items), after)
            items += [from_attributes(each) for each in answer["Items"]]
            after = answer.get("LastEvaluatedKey")
            more = after is not None
        rest = self._counted(of, bounds, None, after)[0] if more else 0
        return items, skipped + len(items) + rest

    def _counted(
        self, of: str, bounds: tuple[str, str], most: int | None, after: _Key | None
    ) -> tuple[int, _Key | None, bool]:
        """How many there are after `after`, at most `most`; where that ended, and whether more may follow."""
        counted = 0
        while most is None or counted < most:
            limit = _MOST_AT_ONCE if most is None else most - counted
            answer = self._ask(of, bounds, limit, after, Select="COUNT")
            counted, after = counted + answer["Count"], answer.get("LastEvaluatedKey")
            if after is None:
                return counted, None, False
        return counted, after, True

    def _ask(
        self, of: str, bounds: tuple[str, str], limit: int, after: _Key | None, **how: str
    ) -> dict[str, Any]:
        low, high = bounds
        start = {"ExclusiveStartKey": after} if after else {}
        answer: dict[str, Any] = aws.call(
            self.table.client().query,
            TableName=self.table.name,
            IndexName=self.index,
            KeyConditionExpression="#of = :of AND #at BETWEEN :low AND :high",
            ExpressionAttributeNames={"#of": self.hash_key, "#at": self.sort_key},
            ExpressionAttributeValues=to_attributes({":of": of, ":low": low, ":high": high}),
            ScanIndexForward=False,
            Limit=limit,
            **how,
            **start,
        )
        return answer
