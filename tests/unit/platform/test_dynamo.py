"""Write intents against moto's tables: conditions, refusals, and which refusal a transaction raises."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Conflict, Gone, Unavailable
from chalicelib.platform.dynamo import (
    ABSENT,
    PRESENT,
    Above,
    Item,
    Table,
    Write,
    commit,
    from_attribute,
    from_attributes,
    to_attribute,
    to_attributes,
    transact,
)
from tests.appointments import killed_before_call
from tests.cloud import Cloud

KEY = {"pk": "A", "sk": "1"}


class FirstRefused(Conflict):
    """A fact of these tests."""


class SecondRefused(Gone):
    """Another one."""


@pytest.fixture
def table(cloud: Cloud) -> Table:
    return Table("CoreTable")


def stored(table: Table, **attributes: object) -> Item:
    commit(table.put(KEY | attributes, FirstRefused()))
    return KEY | attributes


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -7, 10**20, "", "张*", b"\x00", [], {}, {"a": [1, {"b": None}]}]
)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    assert from_attribute(to_attribute(value)) == value


def test_a_float_is_refused_rather_than_rounded() -> None:
    with pytest.raises(TypeError):
        to_attribute(0.1)


def test_an_item_comes_back_as_it_was(table: Table) -> None:
    item = stored(table, name="x", many=[1, 2], raw=b"\xff", none=None, deep={"a": {"b": True}})
    assert table.get(KEY, consistent=True) == item
    assert from_attributes(to_attributes(item)) == item


def test_a_put_refuses_a_taken_key_and_shows_what_stands(table: Table) -> None:
    stored(table, owner="first")
    seen: list[Item] = []

    def refused(standing: Item) -> FirstRefused:
        seen.append(standing)
        return FirstRefused()

    with pytest.raises(FirstRefused):
        commit(table.put(KEY | {"owner": "second"}, refused))
    assert seen == [KEY | {"owner": "first"}]
    assert table.get(KEY) == KEY | {"owner": "first"}


def test_a_refusal_that_says_already_mine_is_success(table: Table) -> None:
    stored(table, owner="first")
    assert commit(table.put(KEY | {"owner": "first"}, lambda _: None)) == {}


def test_a_put_in_any_case_replaces(table: Table) -> None:
    stored(table, owner="first")
    commit(table.put(KEY | {"owner": "second"}, FirstRefused(), expect={}))
    assert table.get(KEY) == KEY | {"owner": "second"}


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ({"status": "held"}, True),
        ({"status": "booked"}, False),
        ({"status": ("held", "booked")}, True),
        ({"status": ("booked", "gone")}, False),
        ({"nothing": ABSENT}, True),
        ({"status": ABSENT}, False),
        ({"status": PRESENT}, True),
        ({"nothing": PRESENT}, False),
        ({"until": Above(9)}, True),
        ({"until": Above(10)}, False),
        ({"slots.s1.holder": "a"}, True),
        ({"slots.s1.holder": "b"}, False),
        ({"status": "held", "until": 10, "slots.s2": ABSENT}, True),
        ({"status": "held", "until": 11}, False),
    ],
)
def test_an_update_happens_where_every_expectation_holds(
    table: Table, expect: dict[str, object], *, holds: bool
) -> None:
    before = stored(table, status="held", until=10, slots={"s1": {"holder": "a"}})
    write = table.update(KEY, FirstRefused(), expect=expect, assign={"touched": True})
    if holds:
        assert commit(write) == before | {"touched": True}
    else:
        with pytest.raises(FirstRefused):
            commit(write)
        assert table.get(KEY) == before


def test_an_update_assigns_removes_and_adds_in_one(table: Table) -> None:
    stored(table, status="held", count=1, due_kind="x", slots={"s1": {"holder": "a", "until": 5}})
    after = commit(
        table.update(
            KEY,
            FirstRefused(),
            expect={"pk": PRESENT},
            assign={"slots.s1.holder": "b", "status": "booked"},
            remove=("due_kind", "slots.s1.until"),
            add={"count": 2},
        )
    )
    assert after == KEY | {"status": "booked", "count": 3, "slots": {"s1": {"holder": "b"}}}


def test_names_that_the_database_reserves_are_no_trouble(table: Table) -> None:
    stored(table, status="a", name="b", value={"end": "c"})
    after = commit(
        table.update(
            KEY, FirstRefused(), expect={"name": "b"}, assign={"status": 1, "value.end": 2}, remove=["name"]
        )
    )
    assert after == KEY | {"status": 1, "value": {"end": 2}}


def test_a_delete_wants_its_expectation(table: Table) -> None:
    stored(table, status="held")
    with pytest.raises(FirstRefused):
        commit(table.delete(KEY, FirstRefused(), expect={"status": "free"}))
    commit(table.delete(KEY, FirstRefused(), expect={"status": "held"}))
    assert table.get(KEY) is None


def pair(table: Table, first: object, second: object) -> list[Write]:
    """Two writes of which each can be let succeed or fail."""
    return [
        table.update(KEY, FirstRefused(), expect={"status": first}, assign={"touched": 1}),
        table.put({"pk": "A", "sk": str(second)}, SecondRefused()),
    ]


def test_a_transaction_does_all(table: Table) -> None:
    stored(table, status="held")
    transact(pair(table, "held", 2))
    assert table.get(KEY) == KEY | {"status": "held", "touched": 1}
    assert table.get({"pk": "A", "sk": "2"}) is not None


@pytest.mark.parametrize(
    ("first", "second", "fact"),
    [("free", 2, FirstRefused), ("held", 3, SecondRefused), ("free", 3, FirstRefused)],
)
def test_a_transaction_does_nothing_and_raises_the_refused_writes_own_fact(
    table: Table, first: str, second: int, fact: type[Exception]
) -> None:
    stored(table, status="held")
    commit(table.put({"pk": "A", "sk": "3"}, FirstRefused()))
    with pytest.raises(fact):
        transact(pair(table, first, second))
    assert table.get(KEY) == KEY | {"status": "held"}
    assert table.get({"pk": "A", "sk": "2"}) is None


def test_a_check_guards_a_transaction_without_changing_its_item(table: Table) -> None:
    stored(table, status="held")
    other = table.put({"pk": "A", "sk": "2"}, SecondRefused())
    transact([table.check(KEY, FirstRefused(), expect={"status": "held"}), other])
    with pytest.raises(FirstRefused):
        transact([table.check(KEY, FirstRefused(), expect={"status": "free"}), other])
    assert table.get(KEY) == KEY | {"status": "held"}


def test_a_transaction_whose_every_refusal_says_already_mine_is_success(table: Table) -> None:
    stored(table, owner="me")
    transact([table.put(KEY | {"owner": "me"}, lambda _: None)])


def refusing(code: str, operation: str = "TransactWriteItems", **more: object) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, **more}, operation)  # type: ignore[typeddict-item]


class Refusing:
    """An SDK client whose every write is answered by one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def put_item(self, **_: object) -> None:
        raise self.error

    transact_write_items = put_item


@pytest.mark.parametrize(
    "error",
    [
        refusing("ProvisionedThroughputExceededException", "PutItem"),
        refusing("ThrottlingException", "PutItem"),
        refusing("InternalServerError", "PutItem"),
        refusing("TransactionConflictException", "PutItem"),
    ],
)
def test_a_busy_table_is_unavailable(table: Table, error: ClientError) -> None:
    with pytest.raises(Unavailable):
        commit(table.put(KEY, FirstRefused()), lambda: Refusing(error))  # type: ignore[arg-type,return-value]


def test_a_transaction_in_conflict_is_unavailable(table: Table) -> None:
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    error = refusing("TransactionCanceledException", CancellationReasons=reasons)
    with pytest.raises(Unavailable):
        transact(pair(table, "held", 2), lambda: Refusing(error))  # type: ignore[arg-type,return-value]


class Yielding:
    """An SDK client that refuses the first calls."""

    def __init__(self, *refusals: ClientError) -> None:
        self.refusals = [*refusals]
        self.taken: list[Any] = []

    def put_item(self, **request: Any) -> dict[str, Any]:
        return self._answer(request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return self._answer(request)

    def _answer(self, request: Any) -> dict[str, Any]:
        if self.refusals:
            raise self.refusals.pop()
        self.taken.append(request)
        return {}


def test_a_conflict_that_ends_is_waited_for(table: Table) -> None:
    alone = Yielding(*[refusing("TransactionConflictException", "PutItem")] * 3)
    commit(table.put(KEY, FirstRefused()), lambda: alone)  # type: ignore[arg-type,return-value]
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    together = Yielding(*[refusing("TransactionCanceledException", CancellationReasons=reasons)] * 3)
    transact(pair(table, "held", 2), lambda: together)  # type: ignore[arg-type,return-value]
    assert (len(alone.taken), len(together.taken)) == (1, 1)


class Halving:
    """An SDK client that takes one half of what is left, and says so."""

    def __init__(self, most: int) -> None:
        self.taken: list[str] = []
        self.most = most

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
        ((name, puts),) = RequestItems.items()
        half = min(self.most, (len(puts) + 1) // 2)
        self.taken += [each["PutRequest"]["Item"]["sk"]["S"] for each in puts[:half]]
        return {"UnprocessedItems": {name: puts[half:]} if puts[half:] else {}}


def test_what_a_busy_table_left_is_put_once_more(table: Table) -> None:
    items = [{"pk": "A", "sk": f"{number:02}"} for number in range(30)]
    halving = Halving(25)
    Table(table.name, lambda: halving).put_all(items)  # type: ignore[arg-type,return-value]
    assert halving.taken == [each["sk"] for each in items]
    with pytest.raises(Unavailable):
        Table(table.name, lambda: Halving(0)).put_all(items)  # type: ignore[arg-type,return-value]


def test_a_refused_permission_is_no_outage(table: Table) -> None:
    with pytest.raises(ClientError):
        commit(
            table.put(KEY, FirstRefused()),
            lambda: Refusing(refusing("AccessDeniedException", "PutItem")),  # type: ignore[arg-type,return-value]
        )


def test_a_query_pages_through_a_prefix_in_order(table: Table) -> None:
    for sk in ("N#3", "N#1", "X#9", "N#2"):
        commit(table.put({"pk": "A", "sk": sk}, FirstRefused()))
    first, after = table.query("A", prefix="N#", limit=2)
    assert [each["sk"] for each in first] == ["N#1", "N#2"]
    second, end = table.query("A", prefix="N#", limit=2, after=after)
    assert [each["sk"] for each in second] == ["N#3"]
    assert end is None
    newest, _ = table.query("A", prefix="N#", limit=1, newest_first=True)
    assert [each["sk"] for each in newest] == ["N#3"]


def test_due_intents_are_found_when_their_time_has_come(table: Table) -> None:
    for sk, at in (("1", 100), ("2", 200)):
        commit(table.put({"pk": "A", "sk": sk, "due_kind": "hold", "due_at": at}, FirstRefused()))
    commit(table.put({"pk": "A", "sk": "3", "due_kind": "refund", "due_at": 50}, FirstRefused()))
    assert [each["sk"] for each in table.due("hold", 150)] == ["1"]
    assert [each["sk"] for each in table.due("hold", 200)] == ["1", "2"]


def a_crowd(table: Table, number: int) -> list[str]:
    names = [f"{each:04}" for each in range(number)]
    table.put_all([{"pk": "A", "sk": sk, "due_kind": "hold", "due_at": 100} for sk in names])
    return names


def test_however_many_are_due_all_are_found_page_by_page(table: Table) -> None:
    names = a_crowd(table, 250)
    calls: list[str] = []
    with killed_before_call(99, calls):
        found = table.due("hold", 100)
        assert calls == []
        next(found)
        assert calls == ["Query"]
        assert sorted(each["sk"] for each in found) == names[1:]
    assert calls == ["Query"] * 3


def test_what_is_put_behind_comes_last_and_only_once(table: Table) -> None:
    names = a_crowd(table, 3)
    commit(table.put_behind({"pk": "A", "sk": "0000"}, "hold", 150))
    assert [each["sk"] for each in table.due("hold", 149)] == names[1:]
    assert [each["sk"] for each in table.due("hold", 150)] == [*names[1:], "0000"]
    found = table.due("hold", 150)
    first = next(found)["sk"]
    commit(table.put_behind({"pk": "A", "sk": first}, "hold", 150))
    assert [each["sk"] for each in found] == [names[2], "0000"]


def test_what_is_no_longer_due_is_not_put_behind(table: Table) -> None:
    commit(table.put(KEY, FirstRefused()))
    commit(table.put_behind(KEY, "hold", 150))
    assert list(table.due("hold", 150)) == []
