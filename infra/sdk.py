"""Cuts the SDK in the bundle down to the calls that the functions make.

botocore brings descriptions of 400 services, some of them megabytes long, and reads its way through them when a client
is made. The bundle keeps what `CALLS` needs. A call that is not listed here does not exist in the cloud:
`tests/architecture/test_sdk.py` compares the list with the code. See docs/adr/0008-sdk-in-the-bundle.md.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CALLS: dict[str, frozenset[str]] = {
    "dynamodb": frozenset(
        {
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "TransactWriteItems",
            "UpdateItem",
        }
    ),
    "kms": frozenset({"Decrypt", "Encrypt", "GenerateMac", "GetPublicKey", "Sign"}),
    "s3": frozenset({"GetObject", "HeadObject", "PutObject"}),
    "sqs": frozenset({"ChangeMessageVisibility", "SendMessageBatch"}),
}
"""Service -> every operation that a function may call."""
PARTITIONS = {"aws", "aws-cn"}
"""Where this may be deployed."""
_SHARED = {"_retry.json", "partitions.json", "sdk-default-configuration.json"}

Json = dict[str, Any]


def cut(data: Path) -> None:
    """Leave in botocore's `data` folder only what `CALLS` needs, uncompressed: unpacking costs more than reading."""
    endpoints = _endpoints(_read(data / "endpoints.json"))
    kept = {service: _service(data / service, calls) for service, calls in CALLS.items()}
    for path in list(data.iterdir()):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in _SHARED:
            path.unlink()
    _write(data / "endpoints.json", endpoints)
    for service, files in kept.items():
        for name, content in files.items():
            path = data / service / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content)


def _service(folder: Path, calls: frozenset[str]) -> dict[str, Json]:
    """The newest version of a service's API by file: the model with these calls alone, endpoint rules, corrections."""
    version = max(each.name for each in folder.iterdir() if (each / "service-2.json.gz").exists())
    model = _read(folder / version / "service-2.json.gz")
    operations = {name: model["operations"][name] for name in sorted(calls)}
    shapes = {name: model["shapes"][name] for name in sorted(_needed(operations, model["shapes"]))}
    described = model | {"operations": operations, "shapes": shapes}
    kept = {
        f"{version}/service-2.json": _without_prose(described),
        f"{version}/endpoint-rule-set-1.json": _read(folder / version / "endpoint-rule-set-1.json.gz"),
    }
    corrections = f"{version}/service-2.sdk-extras.json"
    return kept | ({corrections: _read(folder / corrections)} if (folder / corrections).exists() else {})


def _needed(operations: Json, shapes: Json) -> set[str]:
    """The names of all shapes that these operations take, answer and raise."""
    found: set[str] = set()
    waiting = list(_references(operations))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(shapes[name]))
    return found


def _references(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "shape" and isinstance(value, str):
                yield value
            yield from _references(value)


def _without_prose(node: Any) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(node, list):
        return [_without_prose(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_prose(value)
        for key, value in node.items()
        if not (key == "documentation" and isinstance(value, str))
    }


def _endpoints(everything: Json) -> Json:
    partitions = [each for each in everything["partitions"] if each["partition"] in PARTITIONS]
    for each in partitions:
        each["services"] = {name: rules for name, rules in each["services"].items() if name in CALLS}
    return everything | {"partitions": partitions}


def _read(path: Path) -> Json:
    raw = path.read_bytes()
    read: Json = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    return read


def _write(path: Path, content: Json) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
