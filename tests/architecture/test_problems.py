"""The catalogue of problems: every code that the service can answer with has its section, and no section is stale."""

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import chalicelib
from chalicelib.errors import AppError
from chalicelib.platform.http import _FRAMEWORK, _Framework

ROOT = Path(__file__).parents[2]
SECTION = re.compile(
    r"^## (?P<code>\S+)\n\n\*\*(?P<status>\d{3})\*\* (?P<title>.+) · (?P<title_zh>.+)\n\n(?P<text>.+)",
    re.MULTILINE,
)


def descendants(error: type[AppError]) -> Iterator[type[AppError]]:
    yield error
    for each in error.__subclasses__():
        yield from descendants(each)


def facts() -> dict[str, list[type[AppError]]]:
    """Code -> the classes of `chalicelib` that own it; what the framework refused has a table of its own."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)
    found: dict[str, list[type[AppError]]] = defaultdict(list)
    for each in dict.fromkeys(descendants(AppError)):
        ours = each.__module__.startswith("chalicelib.") and not issubclass(each, _Framework)
        if ours and "code" in vars(each):
            found[each.code].append(each)
    return found


def sections() -> dict[str, tuple[int, str, str]]:
    text = (ROOT / "docs" / "problems.md").read_text("utf-8")
    return {
        found["code"]: (int(found["status"]), found["title"], found["title_zh"])
        for found in SECTION.finditer(text)
    }


def test_every_code_has_its_section_and_no_section_is_stale() -> None:
    expected = {code: (status, title, zh) for status, (code, title, zh) in _FRAMEWORK.items()}
    for code, (owner, *_) in facts().items():
        expected[code] = (owner.status, owner.title, owner.title_zh)
    assert sections() == expected


def test_every_section_says_what_to_do() -> None:
    text = (ROOT / "docs" / "problems.md").read_text("utf-8")
    bodies = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [body.splitlines()[0] for body in bodies if "*What to do:*" not in body] == []


def test_one_code_has_one_owner() -> None:
    assert {code: owners for code, owners in facts().items() if len(owners) > 1} == {}


@pytest.mark.parametrize("code", sorted(facts()))
def test_a_fact_is_told_in_both_languages(code: str) -> None:
    (owner,) = facts()[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert re.search(r"[\u4e00-\u9fff]", owner.title_zh)
    assert owner.title.isprintable()
    assert not owner.title.endswith(".")


def test_a_category_owns_the_status() -> None:
    """A fact inherits its status, so that two facts of one kind can never differ."""
    outside = [
        each.__name__
        for owners in facts().values()
        for each in owners
        if "status" in vars(each) and each.__module__ != "chalicelib.errors"
    ]
    assert outside == []
