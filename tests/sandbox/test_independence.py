"""The sandbox judges the service, so neither may be made of the other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OUTSIDE_WORLD = [
    "server.py",
    "world.py",
    "http_signatures.py",
    "service_keys.py",
    "people",
    "payment_app",
    "bureau",
    "departments",
    "fund",
    "insurer",
    "institutions",
    "journey",
    "origin",
]


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


@pytest.mark.parametrize("part", OUTSIDE_WORLD)
def test_the_outside_world_knows_nothing_of_the_service(part: str) -> None:
    found = files(ROOT / "sandbox" / part)
    assert found
    assert [path.name for path in found if "chalicelib" in imported(path)] == []


def test_the_service_knows_nothing_of_the_sandbox() -> None:
    found = [*files(ROOT / "chalicelib"), ROOT / "app.py"]
    assert [str(path) for path in found if "sandbox" in imported(path)] == []
