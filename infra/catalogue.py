"""Judges the catalogue of certificate types before it is packaged: what is wrong in a file shall meet no citizen.

    python -m infra.catalogue [FOLDER]

Each fault is a line that names the type and the place. It must not know any type by name.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ValidationError

from chalicelib.certificates import catalogue
from chalicelib.certificates.model.facts import Field
from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.rules import Rule
from chalicelib.certificates.model.types import PLACEHOLDER, CertificateType

FONT = Path(__file__).resolve().parent / "layers/certificates/python/certificate_fonts/__init__.py"
_KNOWN = {"region", "as_of"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PREFIX = re.compile(r"[A-Z]{2,3}")
_PYTHON_TYPES = {"yes-no": bool, "number": int, "money": int}


def faults(folder: Path = catalogue.FOLDER) -> list[str]:
    """Everything that is wrong with the catalogue, one line each; none if it may be packaged."""
    try:
        found = catalogue.read(folder)
    except ValidationError as error:
        return [f"{each['loc']}: {each['msg']}" for each in error.errors()]
    except (ValueError, KeyError) as error:
        return [f"cannot be read: {type(error).__name__} {error}"]
    return [
        *_twice(found),
        *_nameless(folder, found),
        *(line for kind in found.values() for line in _of(kind)),
    ]


def _twice(found: dict[str, CertificateType]) -> Iterator[str]:
    for prefix, times in Counter(kind.serial_prefix for kind in found.values()).items():
        if times > 1 or not _PREFIX.fullmatch(prefix):
            yield f"serial prefix {prefix!r} is used by {times}, or is not two or three capital letters"


def _nameless(folder: Path, found: dict[str, CertificateType]) -> Iterator[str]:
    for path in sorted(folder.glob("*/type.json")):
        if path.parent.name not in found:
            yield f"{path.parent.name}: its id is not its folder's name"
    if not (folder / "certificate.typ").is_file():
        yield "certificate.typ is not there, which draws every type"


def _of(kind: CertificateType) -> Iterator[str]:
    faults = [*_texts(kind), *(_as_paper(kind) if kind.paper else _as_requestable(kind))]
    return (f"{kind.id}: {fault}" for fault in faults)


def _as_paper(kind: CertificateType) -> Iterator[str]:
    if kind.needs or kind.rules or kind.statement:
        yield "is still paper, and yet says how it is issued"


def _as_requestable(kind: CertificateType) -> Iterator[str]:
    """What it refers to is declared, and its statement is one sentence in each language."""
    if not kind.needs or kind.statement is None or not kind.purposes or not kind.legal_basis:
        yield "lacks needs, a statement, purposes or a legal basis"
        return
    if not any(name == "region" for need in kind.needs for name in need.fields):
        yield "no fact says which region it is about"
    for text in (kind.statement, kind.statement.strong):
        yield from _unresolved(kind, text) if text else ()
    strong = kind.statement.strong
    if strong and (strong.zh not in kind.statement.zh or strong.en not in kind.statement.en):
        yield "the strong part is not in the statement"
    for path in (each.value for each in kind.lines):
        if _field(kind, path) is None:
            yield f"a line is about {path}, which no needed fact declares"
    for rule in (*kind.rules, *kind.review):
        yield from _untestable(kind, rule)


def _unresolved(kind: CertificateType, text: Label) -> Iterator[str]:
    for words in (text.zh, text.en):
        for path in PLACEHOLDER.findall(words):
            if path not in _KNOWN and _field(kind, path) is None:
                yield f"{{{path}}} cannot be filled: no needed fact declares it"
        if set(PLACEHOLDER.sub("", words)) & {"{", "}"}:
            yield "a brace is left over"


def _untestable(kind: CertificateType, rule: Rule) -> Iterator[str]:
    """A rule about a field that is not declared, or that could never be met."""
    field = _field(kind, rule.value)
    if field is None:
        yield f"a rule is about {rule.value}, which no needed fact declares"
        return
    number = rule.at_least is not None or rule.at_most is not None
    wanted = [*rule.one_of, *([] if rule.equals is None else [rule.equals])]
    if number and _PYTHON_TYPES.get(field.kind) is not int:
        yield f"a rule compares {rule.value}, which is no number"
    if any(not field.fits(value) for value in wanted):
        yield f"a rule wants of {rule.value} what it can never be"


def _field(kind: CertificateType, path: str) -> Field | None:
    try:
        return kind.field(path)
    except LookupError:
        return None


def _texts(kind: CertificateType) -> Iterator[str]:
    """Every text is there in both languages, and the typeface can print it."""
    for label in _labels(kind):
        zh, en = PLACEHOLDER.sub("中", label.zh), PLACEHOLDER.sub("", label.en)
        if not _CHINESE.search(zh) or not label.en.strip() or _CHINESE.search(en):
            yield f"{label.zh!r} is not told in both languages"
        if lacking := _typeface().missing(zh + en):
            yield f"the typeface lacks {''.join(sorted(lacking))}"
    if kind.statement and not kind.statement.zh.endswith("。"):
        yield "the statement is no whole sentence"


def _labels(part: Any) -> Iterator[Label]:  # noqa: ANN401 - whatever a type is made of
    """Every label within."""
    if isinstance(part, Label):
        yield part
    if isinstance(part, BaseModel):
        part = dict(part)
    if isinstance(part, dict):
        part = tuple(part.values())
    if isinstance(part, tuple):
        for each in part:
            yield from _labels(each)


@cache
def _typeface() -> ModuleType:
    """The layer's typeface: on no path where only the functions' libraries are installed."""
    spec = spec_from_file_location("certificate_fonts", FONT)
    if spec is None or spec.loader is None:
        raise LookupError(FONT)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(words: list[str]) -> int:
    """`python -m infra.catalogue [FOLDER]`: tell every fault; 1 if there is one."""
    found = faults(Path(words[0]) if words else catalogue.FOLDER)
    print("\n".join(found) or "the catalogue may be packaged")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
