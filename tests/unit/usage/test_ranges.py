"""Paging through a range by offset gives the same as a plain list would, and visits nothing twice."""

from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.platform.dynamo import Table, to_attributes
from chalicelib.platform.ranges import Range
from tests.cloud import resources
from tests.memory.dynamodb import DynamoDB
from tests.memory.tables import MemoryTable, Shape

PAGE = 2
"""How many items a query of this table gives at most, however many were asked for."""


class Narrow(DynamoDB):
    """Gives small pages, as a table of large items does."""

    visited = 0

    def query(self, *, TableName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        answer = super().query(TableName=TableName, **request | {"Limit": min(request["Limit"], PAGE)})
        self.visited += answer["Count"]
        return answer


@settings(max_examples=40, deadline=None)
@given(
    times=st.lists(st.integers(0, 9), max_size=12),
    bounds=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    offset=st.integers(0, 8),
    limit=st.integers(1, 6),
)
def test_a_slice_is_a_slice(times: list[int], bounds: tuple[int, int], offset: int, limit: int) -> None:
    shape = Shape.declared("T", resources("AWS::DynamoDB::Table")["CoreTable"])
    narrow = Narrow({"T": MemoryTable(shape)})
    for number, at in enumerate(times):
        item = {"pk": f"p{number}", "sk": "s", "usage_of": "x", "usage_at": f"{at}#{number:02}", "usage": {}}
        narrow.put_item(TableName="T", Item=to_attributes(item))
    low, high = str(bounds[0]), f"{bounds[1]}$"
    expected = sorted(
        (f"{at}#{number:02}" for number, at in enumerate(times) if bounds[0] <= at <= bounds[1]), reverse=True
    )
    log = Range(Table("T", lambda: cast("Any", narrow)), "usage", "usage_of", "usage_at")
    items, total = log.slice("x", (low, high), offset, limit)
    assert [each["usage_at"] for each in items] == expected[offset : offset + limit]
    assert total == len(expected) == narrow.visited
