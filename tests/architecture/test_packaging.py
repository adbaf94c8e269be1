"""The cloud's bundle, made for real: what it holds, how large it is, and that it starts from nothing."""

import importlib.util
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.bundle import BundleRefused, built_here, zipped
from infra.package import FUNCTION_LIMIT, cloud, thin
from sandbox.place import ROOT

pytestmark = pytest.mark.xdist_group("packaging")

UNCHECKED_HASH = b"\x01\x00\x00\x00"
HEAVY = ("boto3", "cbor2", "typst", "pyhanko", "fhir", "aws_xray_sdk")


@pytest.fixture(scope="session")
def thin_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return thin(tmp_path_factory.mktemp("thin") / "bundle")


@pytest.fixture(scope="session")
def cloud_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cloud(tmp_path_factory.mktemp("cloud") / "bundle")


def test_both_bundles_have_one_template(thin_bundle: Path, cloud_bundle: Path) -> None:
    assert _without_code(thin_bundle / "sam.json") == _without_code(cloud_bundle / "sam.json")


@pytest.mark.parametrize("archive", ["deployment.zip", "certificate-layer.zip"])
def test_every_module_of_the_clouds_bundle_is_compiled_with_an_unchecked_hash(
    cloud_bundle: Path, archive: str
) -> None:
    with zipfile.ZipFile(cloud_bundle / archive) as package:
        names = set(package.namelist())
        sources = [name for name in names if name.endswith(".py")]
        compiled = {importlib.util.cache_from_source(name) for name in sources}
        assert sources
        assert compiled <= names
        assert {package.read(name)[4:8] for name in compiled} == {UNCHECKED_HASH}


def test_the_functions_package_is_under_thirty_megabytes(cloud_bundle: Path) -> None:
    assert (cloud_bundle / "deployment.zip").stat().st_size < FUNCTION_LIMIT


def test_only_the_layer_holds_what_only_the_certificate_worker_needs(cloud_bundle: Path) -> None:
    assert not _packages(cloud_bundle / "deployment.zip") & {"typst", "segno", "pyhanko", "boto3"}
    assert {"typst", "segno", "certificate_fonts"} <= _packages(cloud_bundle / "certificate-layer.zip")


def test_nothing_of_this_machine_is_in_the_thin_bundle(thin_bundle: Path) -> None:
    assert _packages(thin_bundle / "deployment.zip") == {"app.py", "chalice", "chalicelib"}


def test_a_wheel_built_on_this_machine_is_found(tmp_path: Path) -> None:
    wheel = tmp_path / "pillow-12.3.0.dist-info" / "WHEEL"
    wheel.parent.mkdir()
    wheel.write_text("Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n")
    assert built_here(tmp_path) == ["pillow-12.3.0.dist-info"]
    wheel.write_text("Wheel-Version: 1.0\nTag: cp311-cp311-manylinux2014_x86_64\n")
    assert built_here(tmp_path) == []


def test_an_app_that_does_not_import_is_refused_with_its_reason(tmp_path: Path) -> None:
    root = _copy_of_the_project(tmp_path / "project")
    (root / "app.py").write_text("import there_is_no_such_module\n")
    with pytest.raises(BundleRefused, match="there_is_no_such_module"):
        thin(tmp_path / "out", root)


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "sub" / "module.py").write_text("x = 1\n")
        zipped(tmp_path / name, tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_app_starts_in_an_empty_environment_without_anything_heavy() -> None:
    script = "import app, json, sys; list(app.app.routes); print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    loaded = {name.partition(".")[0] for name in json.loads(run.stdout)}
    assert not loaded & set(HEAVY)


def _without_code(template: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(template.read_text())
    for resource in content["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            resource.get("Properties", {}).pop(name, None)
    return content


def _packages(archive: Path) -> set[str]:
    """The top level names in an archive, less a layer's own folder and what holds no code."""
    with zipfile.ZipFile(archive) as package:
        names = (name.removeprefix("python/").partition("/")[0] for name in package.namelist())
        return {name for name in names if not name.startswith("__") and ".dist-info" not in name}


def _copy_of_the_project(to: Path) -> Path:
    shutil.copytree(ROOT / "chalicelib", to / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".chalice", to / ".chalice")
    shutil.copy(ROOT / "requirements.txt", to)
    return to
