"""What the sandbox publishes for registration: real hospitals' departments, made-up practitioners, always the same."""

from datetime import date

from chalicelib import wiring
from chalicelib.appointments.model.directory import Session
from chalicelib.types import CHINA
from sandbox.institutions.directory import Institution, institutions
from sandbox.seed_slots import REGION, SOUGHT_AFTER, TOP, _House, seed
from tests.clock import HeldClock
from tests.cloud import Cloud

MONDAY = date(2026, 11, 23)
HOSPITALS = [each for each in institutions().values() if each.kind == "hospital"]


def sessions(hospital: Institution, days: int = 14) -> list[Session]:
    return list(_House.of(hospital).sessions(MONDAY, days))


def test_every_hospital_has_departments_and_sessions_on_every_day() -> None:
    for hospital in HOSPITALS:
        assert _House.of(hospital).departments
        days = {each.starts_at.astimezone(CHINA).date() for each in sessions(hospital)}
        assert len(days) == 14, hospital.name


def test_a_hospital_is_the_same_every_time_and_its_ids_its_own() -> None:
    assert _House.of(HOSPITALS[0]) == _House.of(HOSPITALS[0])
    practitioners = [each.id for hospital in HOSPITALS for each in _House.of(hospital).practitioners]
    assert len(set(practitioners)) == len(practitioners)


def test_a_special_hospital_has_its_own_departments() -> None:
    children = next(each for each in HOSPITALS if each.name.endswith("儿童医院"))
    assert {each.name for each in _House.of(children).departments} >= {"儿科", "新生儿科"}


def test_a_great_hospital_has_somebody_whose_day_is_sold_out_by_one() -> None:
    for hospital in HOSPITALS:
        alone = [each for each in sessions(hospital) if each.places == 1]
        assert len(alone) == (14 if hospital.grade == TOP else 0)
        assert {each.practitioner_title for each in alone} <= {SOUGHT_AFTER}


def test_no_practitioner_sits_in_two_sessions_at_once() -> None:
    for hospital in HOSPITALS:
        sat = [(each.practitioner_id, each.starts_at) for each in sessions(hospital)]
        assert len(set(sat)) == len(sat)


def test_seeding_the_next_day_adds_a_day_and_keeps_the_others(cloud: Cloud, clock: HeldClock) -> None:
    few = HOSPITALS[:1]  # one at a time: moto does not isolate transactions
    seed(few, MONDAY, days=3)
    before = {item["pk"]["S"] for item in cloud.items("ClinicTable")}
    seed(few, date(2026, 11, 24), days=3)
    after = {item["pk"]["S"] for item in cloud.items("ClinicTable")}
    assert before < after
    listed, _ = wiring.directory().list_hospitals(REGION, "", 10, None)
    assert {each.name for each in listed} == {each.name for each in few}
