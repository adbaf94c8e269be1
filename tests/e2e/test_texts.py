"""The page says everything in both languages, and asks for no text that is not there."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import WEB

ENTRY = re.compile(r'^ {2}"([\w.-]+)": "((?:[^"\\]|\\.)*)",$', re.MULTILINE)
USED = re.compile(r'\bt\("([\w.-]+)"')
PLACEHOLDER = re.compile(r"\{\w+\}")


def _texts(language: str) -> dict[str, str]:
    files = sorted((WEB / "locales").glob(f"{language}*.js"))
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    found = ENTRY.findall(source)
    assert len(found) == len(dict(found)) == source.count('": "')
    return dict(found)


def test_both_languages_have_the_same_texts_with_the_same_blanks() -> None:
    chinese, english = _texts("zh"), _texts("en")
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english[key])), key


@pytest.mark.parametrize("module", sorted(WEB.rglob("*.js")), ids=lambda path: str(path.relative_to(WEB)))
def test_a_module_asks_only_for_texts_that_exist(module: Path) -> None:
    assert set(USED.findall(module.read_text(encoding="utf-8"))) <= set(_texts("zh"))


def test_no_text_is_left_over() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in WEB.rglob("*.js") if path.parent.name != "locales"
    )
    composed = tuple(re.findall(r"t\(`([\w.-]+)\$\{", sources)) + tuple(
        re.findall(r"`([\w.-]+\.)\$\{", sources)
    )
    unused = [
        key
        for key in _texts("zh")
        if f'"{key}"' not in sources and not key.startswith(composed) and not key.endswith("Detail")
    ]
    assert unused == []
