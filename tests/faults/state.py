"""The end state of a run in a form that two runs can be compared by. Knows ids and times, not what items mean.

Two runs differ in every id, moment, nonce and signature. So each value of these kinds becomes a placeholder; then ids
are told apart by what they are mentioned in (colour refinement, as for graphs), so that items which name each other
in one run must name each other in the other.
"""

import json
import re
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Thing = Mapping[str, Any]
"""An item, a file, an effect outside or an answer, as plain data; `kind` says which."""

_REFERENCE = r"[0-9A-HJKMNP-TV-Z]{16}(?![0-9A-Z])"
_ID = re.compile(
    r"[0-7][0-9A-HJKMNP-TV-Z]{25}|"
    rf'(?:(?<=CARD#)|(?<=MANDATE#)|(?<=eference": {{"S": ")){_REFERENCE}'
)
_TAIL = 16
"""The last characters of an id stand for it: a card's reference is just those."""
_VOLATILE = (
    (re.compile(r"\b\d{30,}\b"), "<sequence>"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
    (re.compile(r"SC[12C]:[0-9A-Z $%*+\-./:]{36,}"), "<code>"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b"), "<watermark>"),
    (re.compile(r'(?<="expiresIn": )\d+'), "<seconds>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(r"(?:X-Amz-[A-Za-z-]+|sign|timestamp)=[^&\"\\]*"), "<signed>"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "<hash>"),
    (re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}"), "<opaque>"),
    (re.compile(r"(?<![\w+/=-])[\w-]{22}(?![\w+/=-])"), "<nonce>"),
    (re.compile(r'(?<="pickup_code": {"S": ")\d{8}|(?<="pickupCode": ")\d{8}'), "<pickup>"),
    (re.compile(r"(?<=-\d{6}-\d{8}-)[0-9A-HJKMNP-TV-Z]{10}\b"), "<serial>"),
    (re.compile(r"\b1\.2\.156\.3005\.2\.[0-9A-Z.]+"), "<identifier>"),
    (re.compile(r'(?<="content_digest": {"S": ")[0-9a-f]{16}'), "<digest>"),
    (re.compile(r'(?<=STATUS-PLACE#)\d+#\d+|(?<="status_index": {"N": ")\d+'), "<place>"),
    (re.compile(r'(?<={"B": ")[A-Za-z0-9+/]{7}=(?="})'), "<packed moment>"),
    (re.compile(r"(?<![\w.])(?:1[6-9]|2[01])\d{8}(?![\w.])"), "<second>"),
    (re.compile(r"(?<![\w.])(?:1[6-9]|2[01])\d{11}(?![\w.])"), "<millisecond>"),
)
_ROUNDS = 3
_AUDIT = "AUDIT#"


@dataclass(frozen=True, slots=True)
class Spare:
    """Things of which a disturbed run may leave more, and why that harms nobody. `pattern` finds them."""

    pattern: str
    why: str

    def covers(self, masked: str) -> bool:
        """Whether a thing is one of them."""
        return re.search(self.pattern, masked) is not None


@dataclass(frozen=True, slots=True)
class Detour:
    """A status on the way, or a count, that a disturbed run may have besides, and why that harms nobody.

    `record` begins the record's key; `counts` are attributes (regular expressions) that count steps or tries.
    """

    record: str
    via: str
    why: str
    counts: tuple[str, ...] = ("version",)


def differences(
    undisturbed: Iterable[Thing],
    disturbed: Iterable[Thing],
    spares: Sequence[Spare] = (),
    detours: Sequence[Detour] = (),
) -> list[str]:
    """What one end state lacks of the other, has too much, or links differently; nothing where they are the same."""
    before = [_text(each) for each in _with_trails(undisturbed, detours)]
    after = [_text(each) for each in _with_trails(disturbed, detours)]
    masked, found = Counter(map(_masked, before)), Counter(map(_masked, after))
    lost = [f"lost: {text}" for text in (masked - found).elements()]
    more = [text for text in (found - masked).elements() if not any(s.covers(text) for s in spares)]
    if lost or more:
        return lost + [f"too much: {text}" for text in more]
    tight = [[each for each in run if not _spared(each, spares)] for run in (before, after)]
    return [] if _linked(tight[0]) == _linked(tight[1]) else ["the same things, but linked differently"]


def _with_trails(things: Iterable[Thing], detours: Sequence[Detour]) -> list[Thing]:
    """The things, with every record's audit entries joined to one trail of statuses, less its detours."""
    entries: dict[str, list[Thing]] = defaultdict(list)
    others: list[Thing] = []
    for thing in things:
        key = thing.get("pk", {}).get("S", "")
        if key.startswith(_AUDIT):
            entries[f"{key.removeprefix(_AUDIT)} {thing['record_sk']['S']}"].append(thing)
        else:
            others.append(_without_counts(thing, key, detours))
    return others + [
        {"kind": "trail", "record": record, "statuses": _trail(record, found, detours)}
        for record, found in entries.items()
    ]


def _without_counts(thing: Thing, key: str, detours: Sequence[Detour]) -> Thing:
    counts = [name for each in detours if key.startswith(each.record) for name in each.counts]
    return {
        name: value
        for name, value in thing.items()
        if not any(re.fullmatch(pattern, name) for pattern in counts)
    }


def _trail(record: str, entries: list[Thing], detours: Sequence[Detour]) -> list[str]:
    entries.sort(key=lambda each: str(each["sk"]["S"]))
    steps = [(_status(each["before"]), _status(each["after"])) for each in entries]
    trail = [steps[0][0], *(after for _, after in steps)]
    if any(before != trail[place] for place, (before, _) in enumerate(steps)):
        return ["broken", *trail]
    spared = {each.via for each in detours if record.startswith(each.record)}
    return [status for status in trail if status not in spared]


def _status(attribute: Mapping[str, str]) -> str:
    return attribute.get("S", "none")


def _spared(text: str, spares: Sequence[Spare]) -> bool:
    masked = _masked(text)
    return any(each.covers(masked) for each in spares)


def _text(thing: Thing) -> str:
    """One line of JSON in which only ids still differ between runs."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False, default=_binary)
    for pattern, placeholder in _VOLATILE:
        text = pattern.sub(lambda found, p=placeholder: _keep_ids(found[0], p), text)  # type: ignore[misc]
    return text


def _keep_ids(found: str, placeholder: str) -> str:
    """A long opaque run that is an id with its prefix stays what it is."""
    return found if placeholder == "<opaque>" and _ID.search(found) else placeholder


def _binary(value: object) -> str:
    return b64encode(bytes(value)).decode() if isinstance(value, bytes | bytearray) else str(value)


def _masked(text: str) -> str:
    return _ID.sub("<id>", text)


def _linked(texts: Sequence[str]) -> Counter[str]:
    """The things with every id replaced by a name that its mentions give it."""
    names: dict[str, str] = defaultdict(lambda: "id")
    for _ in range(_ROUNDS):
        mentions: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            for tail in {found[-_TAIL:] for found in _ID.findall(text)}:
                mentions[tail].append(_named(text, names, tail))
        names = {tail: _digest(sorted(lines)) for tail, lines in mentions.items()}
    return Counter(_named(text, names, "") for text in texts)


def _named(text: str, names: Mapping[str, str], this: str) -> str:
    return _ID.sub(lambda found: "this" if found[0][-_TAIL:] == this else names[found[0][-_TAIL:]], text)


def _digest(lines: Sequence[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:12]
