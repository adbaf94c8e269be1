"""The SDK in the bundle can make every call that the code makes, as the whole SDK would make it."""

import ast
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.session import Session

from chalicelib.platform import aws
from infra.sdk import CALLS, cut

WHOLE = Path(botocore.__file__).parent / "data"
PLATFORM = Path(aws.__file__).parent


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Botocore's data folder as it is in the bundle."""
    folder = tmp_path_factory.mktemp("sdk") / "data"
    folder.mkdir()
    for each in WHOLE.iterdir():
        if each.name in CALLS or each.name == "sns":
            shutil.copytree(each, folder / each.name)
        elif each.is_file():
            shutil.copy(each, folder)
    cut(folder)
    return folder


def clients(data: Path | None, region: str) -> Iterator[Any]:
    """A client of every service; with the bundle's data, or the whole SDK's."""
    session = Session()
    if data is not None:
        loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
        session.register_component("data_loader", loader)
    for service in sorted(CALLS):
        yield session.create_client(service, region)


def called() -> set[str]:
    """The SDK's methods that `chalicelib` calls on a client: `client().x(...)`, or by a name in a string."""
    methods = {xform_name(name) for client in clients(None, "us-east-1") for name in operations(client)}
    found: set[str] = set()
    for path in PLATFORM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Attribute(value=ast.Call(func=ast.Attribute(attr="client") | ast.Name(id="client"))):
                    found.add(node.attr)
                case ast.Constant(value=str(text)) if path.name in {"dynamo.py", "blobs.py"}:
                    found.add(text)
    return found & methods


def operations(client: Any) -> list[str]:
    names: list[str] = client.meta.service_model.operation_names
    return names


def test_what_is_listed_is_what_is_called() -> None:
    assert called() == {xform_name(call) for calls in CALLS.values() for call in calls}


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1", "cn-northwest-1"])
def test_a_client_of_the_bundle_has_the_same_address_and_just_the_listed_calls(
    data: Path, region: str
) -> None:
    for ours, whole in zip(clients(data, region), clients(None, region), strict=True):
        assert set(operations(ours)) == CALLS[ours.meta.service_model.service_name]
        assert ours.meta.endpoint_url == whole.meta.endpoint_url
        assert ours.meta.service_model.metadata == whole.meta.service_model.metadata


def test_every_call_takes_answers_and_refuses_what_it_did(data: Path) -> None:
    for ours, whole in zip(clients(data, "us-east-1"), clients(None, "us-east-1"), strict=True):
        for name in operations(ours):
            one, other = (each.meta.service_model.operation_model(name) for each in (ours, whole))
            assert one.http == other.http
            for shape in ("input_shape", "output_shape"):
                assert members(getattr(one, shape)) == members(getattr(other, shape))
            assert [members(each) for each in one.error_shapes] == [
                members(each) for each in other.error_shapes
            ]


def members(shape: Any, seen: tuple[str, ...] = ()) -> Any:
    """A shape with everything below it; a shape within itself is named only."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    inner = (*seen, shape.name)
    below: Any = None
    match shape.type_name:
        case "structure":
            below = {name: members(each, inner) for name, each in shape.members.items()}
        case "list":
            below = members(shape.member, inner)
        case "map":
            below = members(shape.key, inner), members(shape.value, inner)
    return shape.name, shape.type_name, shape.serialization, shape.metadata, below


def test_nothing_else_is_left(data: Path) -> None:
    assert {each.name for each in data.iterdir() if each.is_dir()} == set(CALLS)
    partitions = json.loads((data / "endpoints.json").read_text("utf-8"))["partitions"]
    assert {each["partition"] for each in partitions} == {"aws", "aws-cn"}
    assert sum(each.stat().st_size for each in data.rglob("*") if each.is_file()) < 400_000
