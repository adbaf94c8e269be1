"""Packages the application: the cloud's bundle, and the embedded cloud's thin one, from the same template.

Both are a folder with `sam.json`, `deployment.zip` and `certificate-layer.zip`. The cloud's holds the wheels
of Lambda's platform and compiled bytecode; the thin one holds our own code only, because the embedded cloud
runs it with the libraries of this machine. This module knows no resource by name.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra import matters
from infra.bundle import BundleRefused, built_here, compiled, zipped
from infra.catalogue import faults
from infra.merge import fragments
from infra.sdk import cut

ROOT = Path(__file__).resolve().parent.parent
LAYER = Path("infra/layers/certificates")
CATALOGUE = Path("chalicelib/certificates/catalogue")
ITEMS = Path("chalicelib/matters/catalogue")
FUNCTION_LIMIT = 30_000_000
UNZIPPED_LIMIT = 250_000_000
# Amazon Linux 2023 (Python 3.12 and later) has glibc 2.34, Amazon Linux 2 before it 2.26.
PLATFORMS = ["manylinux2014_x86_64"] + (["manylinux_2_28_x86_64"] if sys.version_info >= (3, 12) else [])


def thin(out: Path, root: Path = ROOT) -> Path:
    """Write the bundle for the embedded cloud: the same template, our own code only. Takes a second."""
    with tempfile.TemporaryDirectory() as scratch:
        source = _copied(root, Path(scratch) / "app")
        (source / "requirements.txt").write_text("", encoding="utf-8")
        _chalice(source, out)
        zipped(_own_layer(root, Path(scratch) / "layer"), out / "certificate-layer.zip")
    return out


def cloud(out: Path, root: Path = ROOT) -> Path:
    """Write the bundle for AWS; raises BundleRefused rather than leave one that fails there."""
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(scratch) / "function"
        _functions(root, out, package)
        zipped(package, out / "deployment.zip")
        layer = _own_layer(root, Path(scratch) / "layer")
        _install(root / LAYER / "requirements.txt", layer / "python")
        compiled(layer, "/opt")
        zipped(layer, out / "certificate-layer.zip")
        _refuse_what_aws_would(out, [package, layer])
    return out


def function(folder: Path, root: Path = ROOT) -> Path:
    """Write the folder that Lambda unpacks for the functions, the layer left out: what `bench` starts."""
    with tempfile.TemporaryDirectory() as scratch:
        _functions(root, Path(scratch) / "out", folder)
    return folder


def _functions(root: Path, out: Path, folder: Path) -> None:
    """Package with Chalice into `out`, and finish the functions' content in `folder`."""
    with tempfile.TemporaryDirectory() as scratch:
        _chalice(_copied(root, Path(scratch) / "app"), out)
    shutil.unpack_archive(out / "deployment.zip", folder)
    cut(folder / "botocore" / "data")
    compiled(folder, "/var/task")


def _copied(root: Path, to: Path) -> Path:
    """Only what a function may contain, and the configuration of the packager. Raises BundleRefused."""
    if found := faults(root / CATALOGUE):
        raise BundleRefused("the catalogue of certificates is not sound:\n" + "\n".join(found))
    if found := matters.faults(root / ITEMS):
        raise BundleRefused("the service items are not sound:\n" + "\n".join(found))
    shutil.copytree(root / "chalicelib", to / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / ".chalice", to / ".chalice", ignore=shutil.ignore_patterns("deploy*", "venv"))
    for name in ("app.py", "requirements.txt"):
        shutil.copy(root / name, to)
    return to


def _own_layer(root: Path, to: Path) -> Path:
    """The part of the layer that is ours: the font."""
    shutil.copytree(root / LAYER / "python", to / "python", ignore=shutil.ignore_patterns("__pycache__"))
    return to


def _chalice(source: Path, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    merge = source / "merge.json"
    merge.write_text(json.dumps(fragments()), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("chalice")),
        "package",
        "--merge-template",
        str(merge),
        str(out.resolve()),
    ]
    _run(command, source, "Chalice could not package the application")


def _install(requirements: Path, to: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    platforms = [word for name in PLATFORMS for word in ("--platform", name)]
    options = [
        "--no-deps",
        "--no-compile",
        "--only-binary=:all:",
        "--implementation",
        "cp",
        "--python-version",
        version,
        *platforms,
    ]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options]
    _run(
        [*command, "--target", str(to), "-r", str(requirements)],
        to,
        "the layer's libraries could not be installed",
    )


def _run(command: list[str], cwd: Path, failure: str) -> None:
    """Run `command` where no emulator's address can leak in; believe its output over its exit code."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {
        "AWS_DEFAULT_REGION": "us-east-1"
    }
    run = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    said = run.stdout + run.stderr
    if run.returncode or "Could not install" in said:
        raise BundleRefused(f"{failure}:\n{said.strip()[-2000:]}")


def _refuse_what_aws_would(out: Path, folders: list[Path]) -> None:
    wheels = [wheel for folder in folders for wheel in built_here(folder)]
    if wheels:
        raise BundleRefused(f"built on this machine, would fail on Lambda: {', '.join(wheels)}")
    size = (out / "deployment.zip").stat().st_size
    if size >= FUNCTION_LIMIT:
        raise BundleRefused(f"deployment.zip has {size:,} bytes, the limit is {FUNCTION_LIMIT:,}")
    unzipped = sum(f.stat().st_size for folder in folders for f in folder.rglob("*") if f.is_file())
    if unzipped >= UNZIPPED_LIMIT:
        raise BundleRefused(
            f"unzipped, function and layer have {unzipped:,} bytes, Lambda's limit is {UNZIPPED_LIMIT:,}"
        )


def main() -> int:
    """`python -m infra.package OUT [--thin]`: write a bundle and say how large it became."""
    parser = argparse.ArgumentParser(description="Package the application.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--thin", action="store_true", help="our own code only, for the embedded cloud")
    asked = parser.parse_args()
    try:
        out = thin(asked.out) if asked.thin else cloud(asked.out)
    except BundleRefused as refusal:
        print(f"not packaged: {refusal}", file=sys.stderr)
        return 1
    for path in sorted(out.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
