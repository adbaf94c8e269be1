"""Documents that survive: changed as one, listed as they came, numbered without gaps or doubles."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "state.sqlite3")
    yield made
    made.close()


def test_a_change_that_fails_changed_nothing(shelf: Shelf) -> None:
    shelf.put("a", "1", {"n": 1})

    def change() -> None:
        with shelf.change():
            shelf.put("a", "1", {"n": 2})
            with shelf.change():
                shelf.put("b", "1", {})
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        change()
    assert (shelf.get("a", "1"), shelf.get("b", "1")) == ({"n": 1}, None)


def test_documents_are_listed_as_they_first_came(shelf: Shelf) -> None:
    for key in ("x|2", "x|1", "y|1", "x|2"):
        shelf.put("a", key, {"key": key})
    assert [each["key"] for each in shelf.every("a")] == ["x|2", "x|1", "y|1"]
    assert [each["key"] for each in shelf.every("a", "x|")] == ["x|2", "x|1"]


def test_a_number_is_given_once(shelf: Shelf) -> None:
    with ThreadPoolExecutor(8) as rush:
        numbers = list(rush.map(lambda _: shelf.next_number("queue"), range(40)))
    assert sorted(numbers) == list(range(1, 41))


def test_another_opening_finds_what_was_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("a", "汉字", {"n": "喆"})
    again = Shelf(tmp_path / "state.sqlite3")
    assert again.get("a", "汉字") == {"n": "喆"}
    again.close()
