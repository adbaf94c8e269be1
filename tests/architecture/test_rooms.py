"""The house's own rules that no linter knows: where handlers stand, who owns which keys, who may import whom."""

import ast
import inspect
import subprocess
import sys
from collections import defaultdict
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Blueprint

import app
from chalicelib.rooms import ROOMS, RouteTable, blueprint, blueprints

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "chalicelib"
ROLES = {"model", "errors", "store", "service", "routes"}
CAPABILITIES = sorted(
    each.name for each in PACKAGE.iterdir() if (each / "__init__.py").exists() and each.name != "platform"
)
OPEN_TO_ALL = {
    "/v1/health",
    "/v1/openapi.json",
    "/.well-known/cose-keys",
    "/.well-known/document-signer.pem",
    "/.well-known/jwks.json",
    "/.well-known/jwt-vc-issuer",
    "/v1/sessions",
    "/v1/sessions/refresh",
    "/v1/payments/alipay/notify",
    "/v1/certificate-types",
    "/v1/credential-types/{type_id}",
    "/v1/hospitals",
    "/v1/matters",
    "/v1/matters/{matter_id}",
    "/v1/once-only",
    "/v1/hospitals/{hospital_id}/departments",
    "/v1/hospitals/{hospital_id}/practitioners",
    "/v1/slots",
    "/v1/shares/open",
    "/v1/status-lists/{number}",
    "/v1/verify/{certificate_id}",
    "/v1/licences/{nonce}",
    "/v2/heartbeat",
    "/v2/usagePeriod",
}
"""Routes that want no caller: what is public, and what proves itself in its body."""


# -- handlers and routes
def test_every_event_handler_stands_in_app() -> None:
    """On a blueprint it would be packaged with the blueprint's module as its entry, and `app.py` would never run."""
    declared: list[Any] = [*app.app.event_sources, *app.app.pure_lambda_functions]
    handlers = [each.handler_string for each in declared]
    assert len(handlers) == 12
    assert [each for each in handlers if not each.startswith("app.")] == []


def test_a_handler_is_one_call() -> None:
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    assert {each.name: len(each.body) for each in functions if len(each.body) > 2} == {}


def operations() -> list[Any]:
    return [operation for routes in blueprints() for operation in routes.operations]


def test_every_route_is_declared_once_and_with_a_contract() -> None:
    for routes in blueprints():
        assert isinstance(routes, Blueprint)
    assert len({(each.method, each.path) for each in operations()}) == len(operations())
    assert {sum(len(methods) for methods in app.app.routes.values())} == {len(operations())}
    assert [each.path for each in operations() if not each.summary] == []


def test_every_room_with_routes_is_named() -> None:
    declaring = {
        ".".join(("chalicelib", *each.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for each in PACKAGE.rglob("*.py")
        if "= wiring.routes(__name__)" in each.read_text("utf-8")
    }
    assert set(ROOMS) == declaring


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_paths_begin_as_it_says_and_nobody_elses_do(room: str) -> None:
    others = tuple(beginning for other in ROOMS if other != room for beginning in ROOMS[other])
    paths = [each.path for each in blueprint(room).operations]
    assert [path for path in paths if not path.startswith(ROOMS[room]) or path.startswith(others)] == []


def test_the_route_table_opens_the_one_room_that_is_asked_for() -> None:
    opened: list[str] = []
    table = RouteTable(lambda routes: opened.append(routes._import_name))
    assert table["/v1/nowhere"] == {}
    assert opened == []
    assert table["/v1/notices"] == {}
    assert opened == ["chalicelib.notices.routes"]
    assert list(table) == ["/v1/nowhere", "/v1/notices"]
    assert sorted(opened) == sorted(ROOMS)


def test_whoever_is_not_named_here_must_say_who_they_are() -> None:
    without = {each.path for each in operations() if each.auth is None}
    assert without - OPEN_TO_ALL == set()


def test_a_protected_view_is_told_its_caller() -> None:
    untold = [
        each.path
        for each in operations()
        if each.auth is not None and "caller" not in inspect.signature(each.view).parameters
    ]
    assert untold == []


# -- keys
class Prefixes(ast.NodeVisitor):
    """Every (pk, sk) prefix that a module writes as a dict, names and one-line functions followed."""

    def __init__(self, tree: ast.Module) -> None:
        self.constants: dict[str, ast.expr] = {}
        self.returned: dict[str, ast.expr] = {}
        self.found: set[tuple[str, str]] = set()
        for each in tree.body:
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                self.constants[each.targets[0].id] = each.value
            if isinstance(each, ast.FunctionDef) and isinstance(each.body[-1], ast.Return):
                self.returned[each.name] = each.body[-1].value or ast.Constant(None)
        self.visit(tree)

    def visit_Dict(self, node: ast.Dict) -> None:
        """Take the prefixes of a key."""
        keys = {
            each.value: value
            for each, value in zip(node.keys, node.values, strict=True)
            if isinstance(each, ast.Constant)
        }
        if "pk" in keys and "sk" in keys:
            self.found.add((self._prefix(keys["pk"]), self._prefix(keys["sk"])))
        self.generic_visit(node)

    def _prefix(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=str(text)):
                return text.partition("#")[0] + ("#" if "#" in text else "")
            case ast.JoinedStr(values=[first, *_]):
                return self._prefix(first)
            case ast.FormattedValue(value=inner):
                return self._prefix(inner)
            case ast.Name(id=name) if name in self.constants:
                return self._prefix(self.constants[name])
            case ast.Call(func=ast.Name(id=name)) if name in self.returned:
                return self._prefix(self.returned[name])
            case ast.BinOp(left=left):
                return self._prefix(left)
        return "?"


HANDED_ON = ("?", "?")
"""A key that a function was given whole: it was written, and counted, somewhere else."""


def claims() -> dict[tuple[str, str], set[str]]:
    """(pk prefix, sk prefix) -> the rooms whose stores write it."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    stores = [path for path in PACKAGE.rglob("*.py") if "store" in path.relative_to(PACKAGE).as_posix()]
    for path in [*stores, PACKAGE / "platform" / "idempotency.py"]:
        for pair in Prefixes(ast.parse(path.read_text("utf-8"))).found - {HANDED_ON}:
            found[pair].add(path.relative_to(PACKAGE).parts[0])
    return found


def test_the_walk_over_the_stores_finds_their_keys() -> None:
    assert {
        ("CITIZEN#", "PROFILE"),
        ("CITIZEN#", "NOTICE#"),
        ("CARD#", "CARD"),
        ("EVENT#", "DELIVERY"),
    } <= set(claims())


def test_one_kind_of_record_has_one_owner() -> None:
    """Rooms share the partitions of a citizen and a person, never a kind of record within one."""
    assert {pair: rooms for pair, rooms in claims().items() if len(rooms) > 1} == {}


def test_no_rooms_list_picks_up_anothers_records() -> None:
    """A list reads by prefix: within a partition, no room's prefix may begin with another's."""
    mixed = [
        (one, other)
        for (one, rooms), (other, others) in combinations(claims().items(), 2)
        if one[0] == other[0]
        and rooms != others
        and (one[1].startswith(other[1]) or other[1].startswith(one[1]))
    ]
    assert mixed == []


# -- what imports what, and what each module is for
def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", CAPABILITIES)
def test_a_room_says_what_it_is_for(room: str) -> None:
    assert (import_module(f"chalicelib.{room}").__doc__ or "").strip()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def transitions() -> list[tuple[str, dict[str, tuple[tuple[str, ...], str]]]]:
    models = [f"chalicelib.{room}.model" for room in CAPABILITIES if (PACKAGE / room / "model.py").exists()]
    return [(name, found) for name in models if (found := getattr(import_module(name), "TRANSITIONS", None))]


@pytest.mark.parametrize(("name", "table"), transitions(), ids=[name for name, _ in transitions()])
def test_a_declared_transition_leaves_the_states_it_may_start_from(
    name: str, table: dict[str, tuple[tuple[str, ...], str]]
) -> None:
    assert {event: target for event, (sources, target) in table.items() if target in sources} == {}
