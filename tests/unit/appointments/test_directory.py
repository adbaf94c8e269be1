"""Browsing: hospitals, departments, free slots; and publishing them."""

from datetime import time

import pytest

from chalicelib import wiring
from chalicelib.appointments.errors import HospitalUnknown
from chalicelib.appointments.model.directory import Department, Hospital, Practitioner, Session
from chalicelib.appointments.service.directory import Directory, FreeSlot
from chalicelib.errors import Invalid
from chalicelib.platform.dynamo import commit
from tests.appointments import DEPARTMENT, Patient, a_session, clinic_of, day_of, place_of, published
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.parties import HOSPITAL


@pytest.fixture
def directory(cloud: Cloud, clock: HeldClock) -> Directory:
    return wiring.directory()


def free(session: Session, limit: int = 100) -> list[FreeSlot]:
    found, _ = wiring.directory().list_free(HOSPITAL, DEPARTMENT, day_of(session), limit, None)
    return found


def a_hospital(number: int, name: str, district: str = "西湖区") -> Hospital:
    address = f"文三路{number}号"
    return Hospital(
        id=f"hos_{number:026d}",
        region="330100",
        name=name,
        district=district,
        address=address,
        grade="三级甲等",
    )


def test_hospitals_come_page_by_page_and_only_once(directory: Directory) -> None:
    for number in range(7):
        directory.enrol(a_hospital(number, f"第{number}医院"), [], [])
    seen, cursor = directory.list_hospitals("330100", "", 3, None)
    while cursor:
        page, cursor = directory.list_hospitals("330100", "", 3, cursor)
        seen += page
    assert [each.name for each in seen] == [f"第{number}医院" for number in range(7)]


def test_hospitals_are_found_by_name_or_district(directory: Directory) -> None:
    directory.enrol(a_hospital(1, "浙江省中医院", "上城区"), [], [])
    directory.enrol(a_hospital(2, "西湖区人民医院"), [], [])
    assert [each.name for each in directory.list_hospitals("330100", "中医", 10, None)[0]] == ["浙江省中医院"]
    assert [each.name for each in directory.list_hospitals("330100", "西湖", 10, None)[0]] == [
        "西湖区人民医院"
    ]
    assert directory.list_hospitals("330200", "", 10, None) == ([], None)


def test_a_cursor_serves_its_own_list_alone(directory: Directory) -> None:
    for number in range(3):
        directory.enrol(a_hospital(number, f"第{number}医院"), [], [])
    _, cursor = directory.list_hospitals("330100", "", 1, None)
    with pytest.raises(Invalid):
        directory.list_hospitals("330100", "医", 1, cursor)


def test_departments_and_practitioners_belong_to_their_hospital(directory: Directory) -> None:
    inner = Department(id="dep_1", name="内科", name_en="Internal Medicine")
    doctors = [
        Practitioner(id="prc_1", name="沈敏", title="主任医师", department_id="dep_1"),
        Practitioner(id="prc_2", name="王芳", title="主治医师", department_id="dep_2"),
    ]
    hospital = a_hospital(1, "浙江医院")
    directory.enrol(hospital, [inner], doctors)
    assert directory.list_departments(hospital.id) == [inner]
    assert directory.list_practitioners(hospital.id, "dep_1") == doctors[:1]
    assert directory.list_practitioners(hospital.id, None) == doctors
    with pytest.raises(HospitalUnknown):
        directory.list_departments("hos_unknown")


def test_a_published_session_is_all_free(session: Session) -> None:
    slots = free(session)
    assert [index for _, index in slots] == list(range(14))
    assert slots[1][0].session.starts_of(1) == session.starts_of(1)


def test_a_held_slot_is_not_shown_until_its_hold_expires(
    session: Session, patient: Patient, cloud: Cloud, clock: HeldClock
) -> None:
    patient.hold(session, 3)
    cloud.settle()
    assert 3 not in [index for _, index in free(session)]
    clock.turn(minutes=10)
    assert 3 in [index for _, index in free(session)]


def test_slots_that_have_begun_are_not_shown(session: Session, clock: HeldClock) -> None:
    clock.now = session.starts_of(5)
    assert [index for _, index in free(session)] == list(range(6, 14))


def test_slots_come_page_by_page_across_sessions(clock: HeldClock, directory: Directory) -> None:
    morning = published(a_session(clock, places=5))
    published(a_session(clock, doctor="B", places=4))
    published(a_session(clock, doctor="C", places=3, at=time(13, 30)))
    everything = [(shown.clinic, index) for shown, index in free(morning)]
    for limit in (1, 2, 5, 9, 12):
        seen: list[tuple[int, int]] = []
        cursor: str | None = None
        while True:
            page, cursor = directory.list_free(HOSPITAL, DEPARTMENT, day_of(morning), limit, cursor)
            assert len(page) <= limit
            seen += [(shown.clinic, index) for shown, index in page]
            if cursor is None:
                break
        assert seen == everything


def test_publishing_again_keeps_everybody_where_they_are(
    session: Session, patient: Patient, clock: HeldClock
) -> None:
    patient.hold(session, 3)
    before = clinic_of(session)
    wiring.directory().publish([session, a_session(clock, doctor="B")])
    assert clinic_of(session) == before
    assert clinic_of(a_session(clock, doctor="B")).version == 1


def test_two_sessions_whose_numbers_clash_are_both_published(directory: Directory, clock: HeldClock) -> None:
    ours, theirs = a_session(clock), a_session(clock, at=time(13, 30))
    number = place_of(ours, 0).clinic
    commit(directory.clinics.publish(number, theirs, lambda _: None))
    directory.publish([ours])
    assert len({shown.clinic for shown, _ in free(ours)} - {number}) == 1
    directory.publish([ours])
    assert len({shown.clinic for shown, _ in free(ours)}) == 1


def test_older_news_of_a_session_is_not_shown_over_newer(
    session: Session, patient: Patient, other: Patient, cloud: Cloud
) -> None:
    patient.hold(session, 3)
    earlier = clinic_of(session)
    other.hold(session, 4)
    cloud.settle()
    assert wiring.directory().availability.follow(earlier) is None
    assert {3, 4}.isdisjoint(index for _, index in free(session))
