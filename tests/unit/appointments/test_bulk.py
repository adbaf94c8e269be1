"""A FHIR bulk publication: the specification's own example (2021), and what real publishers get wrong."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.appointments.model.bulk import MOST_AT_ONCE, Publication, cut, read
from chalicelib.appointments.service.directory import FreeSlot
from chalicelib.appointments.service.importing import Imported
from tests.clock import HeldClock
from tests.cloud import Cloud

SAMPLE = Path(__file__).parents[2] / "data" / "bulk-publish"
MANIFEST = (SAMPLE / "manifest.json").read_text("utf-8")
FILES = {each.name: each.read_text("utf-8") for each in SAMPLE.glob("*.ndjson")}


def read_sample(**changed: str) -> Publication:
    files = FILES | {name.replace("__", "-") + ".ndjson": text for name, text in changed.items()}
    return read(MANIFEST, files, prefix="ma", region="250001", fee_fen=0)


def test_the_specifications_example_is_read_wholly() -> None:
    made = read_sample()
    slots = FILES["slots-2021-W09.ndjson"].strip().split("\n")
    assert (len(made.hospitals), len(made.practitioners), made.faults) == (10, 10, [])
    assert len(made.missing) == 4
    assert sum(each.places for each in made.sessions) == 100 * len(slots)
    assert {(each.minutes, each.places) for each in made.sessions} == {(5, 50)}
    first = made.sessions[0]
    assert (first.hospital_id, first.hospital_name) == ("hos_ma-0", "SMART Vaccine Clinic Boston")
    assert first.department_name == "COVID-19 Immunization Appointment"


def test_what_breaks_the_rules_is_named_by_line_and_the_rest_counts() -> None:
    good = FILES["slots-2021-W09.ndjson"].strip().split("\n")
    lost = json.dumps(json.loads(good[1]) | {"schedule": {"reference": "Schedule/999"}})
    endless = json.dumps({name: value for name, value in json.loads(good[2]).items() if name != "end"})
    busy = json.dumps(json.loads(good[3]) | {"status": "busy"})
    other = json.dumps({"resourceType": "Patient", "id": "1"})
    made = read_sample(slots__2021__W09="\n".join([good[0], "{", lost, endless, busy, other, ""]))
    assert [each.line for each in made.faults] == [2, 3, 4]
    assert {each.file for each in made.faults} == {"slots-2021-W09.ndjson"}
    assert sum(each.places for each in made.sessions) == 100


def test_a_text_that_is_no_manifest_is_one_fault() -> None:
    made = read("<html>", FILES, prefix="ma", region="250001", fee_fen=0)
    assert ([each.line for each in made.faults], made.sessions) == ([0], [])


@given(minutes=st.integers(1, 1000), capacity=st.integers(1, 1000))
def test_a_cut_loses_no_place_and_no_two_sessions_meet(minutes: int, capacity: int) -> None:
    starts_at = datetime(2026, 11, 23, tzinfo=UTC)
    ends_at = starts_at + timedelta(minutes=minutes)
    if capacity > minutes:
        with pytest.raises(ValueError, match="do not fit"):
            cut(starts_at, ends_at, capacity)
        return
    parts = cut(starts_at, ends_at, capacity)
    assert sum(places for _, _, places in parts) == capacity
    assert max(places for _, _, places in parts) <= MOST_AT_ONCE
    before = starts_at
    for begins, each, places in parts:
        assert begins >= before
        before = begins + timedelta(minutes=each * places)
    assert before <= ends_at


def test_an_import_can_be_booked_and_changes_nothing_when_repeated(cloud: Cloud, clock: HeldClock) -> None:
    clock.now = datetime(clock().year + 1, 2, 25, tzinfo=UTC)
    once, again = (an_import(clock().year) for _ in range(2))
    assert (once.hospitals, once.past, once.unreleased, once) == (10, 0, 0, again)
    assert len(free_on_the_first(clock().year)) == 50


def an_import(year: int) -> Imported:
    """The example, with its days in March of another year."""
    files = {name: text.replace("2021-03", f"{year}-03") for name, text in FILES.items()}
    return wiring.importing().import_bulk(MANIFEST, files, prefix="ma", region="250001", fee_fen=0)


def free_on_the_first(year: int) -> list[FreeSlot]:
    free, _ = wiring.directory().list_free("hos_ma-0", "dep_ma-10", date(year, 3, 1), 100, None)
    return free


def test_what_is_not_released_yet_comes_with_a_later_import(cloud: Cloud, clock: HeldClock) -> None:
    year = clock().year + 1
    clock.now = datetime(year, 1, 2, tzinfo=UTC)
    early = an_import(year)
    assert (early.sessions, early.unreleased > 0, free_on_the_first(year)) == (0, True, [])
    clock.now = datetime(year, 2, 25, tzinfo=UTC)
    assert an_import(year).sessions == early.unreleased
    assert len(free_on_the_first(year)) == 50


def test_what_is_over_is_not_published(cloud: Cloud) -> None:
    done = wiring.importing().import_bulk(MANIFEST, FILES, prefix="ma", region="250001", fee_fen=0)
    assert (done.sessions, done.past > 0) == (0, True)
