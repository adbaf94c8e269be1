"""The institutions: Hangzhou's hospitals as public directories listed them, pharmacies made up, the bureau.

The hospital file is kept as it was found. Tidying is done here, by rules that invent nothing: one hospital
listed under two spellings becomes one entry that keeps both, and a spelling that joins two names is split.
It must not know keys or calls.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent.parent / "data"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_LENGTH = 26
REGISTERED_AT_MS = 1_767_225_600_000
"""The timestamp half of every institution's id: 2026-01-01, the day this world's register was opened."""

MISPRINTS = {"浙江中医院大学": "浙江中医药大学", "区区": "区"}
"""Spellings that name nothing that exists."""

Kind = Literal["hospital", "pharmacy", "bureau", "department"]


@dataclass(frozen=True, slots=True)
class Institution:
    """One hospital or pharmacy, or the bureau. `other_names` are spellings under which it was listed as well."""

    institution_id: str
    kind: Kind
    name: str
    district: str
    address: str
    grade: str | None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listing:
    """One line of the directory, its joined names taken apart."""

    names: tuple[str, ...]
    district: str
    address: str
    grade: str

    @property
    def keys(self) -> set[str]:
        return {_bare(name) for name in self.names}


@cache
def institutions() -> dict[str, Institution]:
    """Every institution by id, hospitals first."""
    return {each.institution_id: each for each in (*_hospitals(), *_pharmacies(), bureau())}


@cache
def bureau() -> Institution:
    """The social-security bureau as the party that signs the feed of physical cards."""
    name = "杭州市人力资源和社会保障局"
    institution_id = _institution_id("bur", f"bureau|{name}")
    return Institution(institution_id, "bureau", name, "上城区", "浙江省杭州市", None)


def _hospitals() -> list[Institution]:
    listed = json.loads((DATA / "hangzhou-hospitals.json").read_text(encoding="utf-8"))
    groups: list[list[_Listing]] = []
    for line in listed:
        listing = _Listing(_names(line["name"]), line["district"], line["address"], line["grade"])
        _group_of(listing, groups).append(listing)
    return [_hospital(group) for group in groups]


def _group_of(listing: _Listing, groups: list[list[_Listing]]) -> list[_Listing]:
    """Those listed before in the same district under one of its names, or a new group."""
    for group in groups:
        if any(listing.district == other.district and listing.keys & other.keys for other in group):
            return group
    groups.append([])
    return groups[-1]


def _hospital(group: list[_Listing]) -> Institution:
    """One entry for one hospital: the line that names it most shortly leads; the others' names are kept."""
    leading = min(group, key=lambda listing: len(listing.names))
    name = leading.names[0]
    others = dict.fromkeys(other for listing in (leading, *group) for other in listing.names if other != name)
    seed = f"hospital|{leading.district}|{_bare(name)}"
    return Institution(
        _institution_id("hos", seed),
        "hospital",
        name,
        leading.district,
        leading.address,
        leading.grade,
        tuple(others),
    )


def _names(joined: str) -> tuple[str, ...]:
    """The names in a spelling that writes two without a space: `杭州市第四人民医院杭州市肿瘤医院`."""
    for misprint, meant in MISPRINTS.items():
        joined = joined.replace(misprint, meant)
    parts = re.fullmatch(r"(.+?医院)(.+(?:医院|中心|防治院|病院))", joined)
    return (parts[1], parts[2]) if parts else (joined,)


def _bare(name: str) -> str:
    """The name without its city, and with one spelling of 中医院."""
    return name.removeprefix("杭州市").replace("中医医院", "中医院")


def _pharmacies() -> list[Institution]:
    listed = json.loads((DATA / "pharmacies.json").read_text(encoding="utf-8"))["pharmacies"]
    return [
        Institution(
            _institution_id("pha", f"pharmacy|{line['name']}"),
            "pharmacy",
            line["name"],
            line["district"],
            line["address"],
            None,
        )
        for line in listed
    ]


def _institution_id(prefix: str, seed: str) -> str:
    """A prefix and a ULID: the register's opening day and 80 bits drawn from what is registered."""
    random = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:10])
    number = (REGISTERED_AT_MS << 80) | random
    letters = []
    for _ in range(ULID_LENGTH):
        number, digit = divmod(number, len(CROCKFORD))
        letters.append(CROCKFORD[digit])
    return f"{prefix}_{''.join(reversed(letters))}"
