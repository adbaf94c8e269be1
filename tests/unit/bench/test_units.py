"""What DynamoDB bills, by the rules of its developer guide."""

import pytest

from bench.units import NotPriced, Units, billed, refused_units, size


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, 0),
        ({"pk": {"S": "abc"}}, 5),
        ({"pk": {"S": "张"}}, 5),
        ({"raw": {"B": b"1234"}}, 7),
        ({"raw": {"B": "AAAA"}}, 6),
        ({"no": {"N": "100"}}, 4),
        ({"no": {"N": "12345"}}, 6),
        ({"ok": {"BOOL": True}}, 3),
        ({"ok": {"NULL": True}}, 3),
        ({"map": {"M": {}}}, 6),
        ({"map": {"M": {"a": {"S": "bc"}}}}, 10),
        ({"list": {"L": [{"S": "a"}, {"S": "b"}]}}, 11),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(
    item: dict[str, dict[str, object]], expected: int
) -> None:
    assert size(item) == expected


@pytest.mark.parametrize(("length", "consistent", "units"), [(0, True, 1), (4092, True, 1), (4093, True, 2)])
def test_a_read_is_billed_by_four_kilobytes(length: int, consistent: bool, units: float) -> None:  # noqa: FBT001
    answer = {"Item": {"text": {"S": "x" * length}}} if length else {}
    assert billed("get_item", {"ConsistentRead": consistent}, answer) == Units(read=units)
    assert billed("get_item", {}, answer) == Units(read=units / 2)


@pytest.mark.parametrize(("length", "units"), [(1020, 1), (1021, 2)])
def test_a_write_is_billed_by_the_kilobyte(length: int, units: int) -> None:
    assert billed("put_item", {"Item": {"text": {"S": "x" * length}}}, {}) == Units(write=units)


def test_an_item_that_is_indexed_is_written_twice() -> None:
    item = {"due_kind": {"S": "a"}, "due_at": {"N": "1"}}
    assert billed("put_item", {"Item": item}, {}) == Units(write=2)


@pytest.mark.parametrize(("length", "units"), [(1020, 1), (1021, 2)])
def test_an_update_is_billed_by_the_item_that_it_leaves_and_a_refused_one_by_what_stands(
    length: int, units: int
) -> None:
    item = {"text": {"S": "x" * length}}
    assert billed("update_item", {"ReturnValues": "ALL_NEW"}, {"Attributes": item}) == Units(write=units)
    assert refused_units(item) == units
    assert refused_units({}) == 1


def test_an_update_that_does_not_show_its_item_has_no_price() -> None:
    with pytest.raises(NotPriced):
        billed("update_item", {}, {})


def test_a_call_without_a_price_is_told() -> None:
    with pytest.raises(NotPriced, match="scan"):
        billed("scan", {}, {})


def test_units_add_up_and_say_so() -> None:
    assert str(Units(read=1) + Units(read=0.5, write=2)) == "1.5r+2w"
    assert str(Units()) == "0"
