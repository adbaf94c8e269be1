"""Reads a FHIR bulk publication of slots (SMART Scheduling Links: a manifest, and NDJSON of Location, Schedule, Slot).

Pure: texts in, hospitals and sessions out. What the specification lets a publisher add (other resources, other
extensions, files that cannot be had) is passed over; what breaks it is named by file and line.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from chalicelib.appointments.model.directory import Department, Hospital, Practitioner, Session

CAPACITY = "http://fhir-registry.smarthealthit.org/StructureDefinition/slot-capacity"
MOST_AT_ONCE = 70
"""Places of one session: more would cost more than one write unit for each hold."""
_KINDS = ("Location", "Schedule", "Slot")

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be used: in which file, on which line (from 1; 0: the file as a whole), and why."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Publication:
    """What a publication offers. Every id is the publisher's own, behind a prefix."""

    hospitals: dict[str, Hospital] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    """By schedule: what it is for."""
    practitioners: dict[str, Practitioner] = field(default_factory=dict)
    """By schedule: a publication names no people, so the schedule itself stands where a practitioner does."""
    places: dict[str, str] = field(default_factory=dict)
    """Schedule -> location."""
    sessions: list[Session] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Files that the manifest lists and nobody has."""
    faults: list[Fault] = field(default_factory=list)


def read(manifest: str, files: Mapping[str, str], *, prefix: str, region: str, fee_fen: int) -> Publication:
    """Read a publication. `files`: address or last part of an address -> text; `prefix` tells publishers apart.

    FHIR names no fee, so `fee_fen` is everybody's. A slot is cut into as many places as its capacity says, and
    into several sessions where they are too many for one. Slots that are not free are left out.
    """
    made = Publication()
    take = {"Location": _location, "Schedule": _schedule, "Slot": _slot}
    found = list(_resources(manifest, files, made))
    for kind in _KINDS:  # a file may come before the one it refers to
        for name, line, resource in found:
            if resource.get("resourceType") != kind:
                continue
            try:
                take[kind](made, resource, _Terms(prefix, region, fee_fen))
            except (KeyError, IndexError, TypeError, AttributeError) as error:
                made.faults.append(Fault(name, line, f"{kind} lacks or misuses {error}"))
            except ValidationError as error:
                made.faults.append(Fault(name, line, f"{kind}: {error.errors()[0]['msg']}"))
            except ValueError as error:
                made.faults.append(Fault(name, line, f"{kind}: {error}"))
    return made


@dataclass(frozen=True, slots=True)
class _Terms:
    prefix: str
    region: str
    fee_fen: int

    def id(self, kind: str, own: str) -> str:
        return f"{kind}_{self.prefix}-{own}"


def _resources(
    manifest: str, files: Mapping[str, str], made: Publication
) -> Iterator[tuple[str, int, Resource]]:
    try:
        listed = [each["url"] for each in json.loads(manifest)["output"] if each["type"] in _KINDS]
    except (ValueError, KeyError, TypeError) as error:
        made.faults.append(Fault("manifest", 0, f"is no bulk manifest: {error}"))
        return
    for url in listed:
        name = url.rpartition("/")[2]
        text = files.get(url, files.get(name))
        if text is None:
            made.missing.append(url)
        else:
            yield from _lines(name, text, made)


def _lines(name: str, text: str, made: Publication) -> Iterator[tuple[str, int, Resource]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            resource = json.loads(line)
        except ValueError:
            resource = None
        if isinstance(resource, dict):
            yield name, number, resource
        else:
            made.faults.append(Fault(name, number, "is not one JSON object"))


def _location(made: Publication, resource: Resource, terms: _Terms) -> None:
    address = resource.get("address", {})
    made.hospitals[resource["id"]] = Hospital(
        id=terms.id("hos", resource["id"]),
        region=terms.region,
        name=resource["name"],
        district=address.get("district") or address.get("city", ""),
        address=" ".join(address.get("line", [])),
        grade="",
    )


def _schedule(made: Publication, resource: Resource, terms: _Terms) -> None:
    places = [
        each["reference"].rpartition("Location/")[2]
        for each in resource["actor"]
        if "Location/" in each["reference"]
    ]
    if not places or places[0] not in made.hospitals:
        raise ValueError("names no location of this publication")
    own, name = resource["id"], _service(resource)
    department = Department(id=terms.id("dep", own), name=name, name_en=name)
    made.places[own] = places[0]
    made.departments[own] = department
    made.practitioners[own] = Practitioner(
        id=terms.id("prc", own), name=name, title="", department_id=department.id
    )


def _service(resource: Resource) -> str:
    """What a schedule is for, in the publisher's most particular words."""
    codings = [coding for each in resource.get("serviceType", []) for coding in each.get("coding", [])]
    return str(next((each["display"] for each in reversed(codings) if each.get("display")), resource["id"]))


def _slot(made: Publication, resource: Resource, terms: _Terms) -> None:
    if resource["status"] != "free":
        return
    own = resource["schedule"]["reference"].rpartition("/")[2]
    if own not in made.places:
        raise ValueError("names no schedule of this publication")
    starts_at, ends_at = (datetime.fromisoformat(resource[each]) for each in ("start", "end"))
    extensions = {each["url"]: each for each in resource.get("extension", [])}
    capacity = extensions[CAPACITY]["valueInteger"] if CAPACITY in extensions else 1
    hospital, doctor = made.hospitals[made.places[own]], made.practitioners[own]
    made.sessions += [
        Session(
            hospital_id=hospital.id,
            hospital_name=hospital.name,
            department_id=doctor.department_id,
            department_name=made.departments[own].name,
            practitioner_id=doctor.id,
            practitioner_name=doctor.name,
            practitioner_title=doctor.title,
            starts_at=begins,
            minutes=minutes,
            places=places,
            fee_fen=terms.fee_fen,
        )
        for begins, minutes, places in cut(starts_at, ends_at, capacity)
    ]


def cut(starts_at: datetime, ends_at: datetime, capacity: int) -> list[tuple[datetime, int, int]]:
    """Start, minutes per place and places of the sessions that a slot becomes. Raises ValueError where it cannot be.

    Each place has a whole number of minutes; what is left over stays idle at the end of a session.
    """
    whole = int((ends_at - starts_at).total_seconds()) // 60
    minutes = whole // capacity if capacity > 0 else 0
    if minutes < 1:
        raise ValueError(f"{capacity} places do not fit into {whole} minutes")
    parts = -(-capacity // MOST_AT_ONCE)
    sizes = [capacity // parts + (each < capacity % parts) for each in range(parts)]
    begins = [starts_at + timedelta(minutes=minutes * sum(sizes[:each])) for each in range(parts)]
    return [(begin, minutes, size) for begin, size in zip(begins, sizes, strict=True)]
