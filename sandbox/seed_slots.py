"""Departments, practitioners and clinic sessions for the hospitals of the directory.

The departments are those that such hospitals have; the practitioners are made up, the same at every start. It must
not know how the service keeps any of it: it uses the service's own use-cases.
"""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

from chalicelib import wiring
from chalicelib.appointments.model.directory import Department, Hospital, Practitioner, Session
from chalicelib.types import CHINA, follow_id
from sandbox.institutions.directory import Institution

REGION = "330100"
OPENED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""The timestamp half of the ids of departments and practitioners."""
AT_ONCE = 4
SATURDAY = 5

MORNING, AFTERNOON = time(8, 0, tzinfo=CHINA), time(13, 30, tzinfo=CHINA)
MINUTES = 15
PLACES = {MORNING: 14, AFTERNOON: 12}

TITLES = (("主治医师", 20_00), ("副主任医师", 30_00), ("主任医师", 50_00))
"""Professional title and its registration fee in fen."""
SOUGHT_AFTER = "名医"
SOUGHT_AFTER_FEE, SOUGHT_AFTER_MINUTES = 100_00, 60
"""Who sees one person a day: sold out by the first who comes, so that somebody has to wait."""
TOP = "三级甲等"
"""The grade of the hospitals that have one."""

ENGLISH = {
    "内科": "Internal Medicine",
    "外科": "Surgery",
    "儿科": "Paediatrics",
    "眼科": "Ophthalmology",
    "皮肤科": "Dermatology",
    "妇科": "Gynaecology",
    "产科": "Obstetrics",
    "骨科": "Orthopaedics",
    "口腔科": "Stomatology",
    "口腔正畸科": "Orthodontics",
    "耳鼻咽喉科": "Otorhinolaryngology",
    "心血管内科": "Cardiology",
    "神经内科": "Neurology",
    "呼吸内科": "Respiratory Medicine",
    "中医内科": "Chinese Internal Medicine",
    "中医骨伤科": "Chinese Traumatology",
    "针灸推拿科": "Acupuncture and Tuina",
    "肿瘤内科": "Medical Oncology",
    "肿瘤外科": "Surgical Oncology",
    "放疗科": "Radiotherapy",
    "精神科": "Psychiatry",
    "心理科": "Clinical Psychology",
    "感染科": "Infectious Diseases",
    "结核科": "Tuberculosis",
    "新生儿科": "Neonatology",
    "儿童保健科": "Child Health Care",
    "老年医学科": "Geriatrics",
    "全科医学科": "General Practice",
    "整形美容科": "Plastic Surgery",
}

SPECIALITIES = (
    ("骨伤", ("中医骨伤科", "骨科", "针灸推拿科")),
    ("肿瘤", ("肿瘤内科", "肿瘤外科", "放疗科")),
    ("妇产", ("妇科", "产科", "新生儿科")),
    ("妇幼", ("妇科", "产科", "儿科", "儿童保健科")),
    ("儿童", ("儿科", "新生儿科", "儿童保健科", "眼科")),
    ("口腔", ("口腔科", "口腔正畸科")),
    ("精神", ("精神科", "心理科")),
    ("安康", ("精神科", "心理科")),
    ("皮肤", ("皮肤科",)),
    ("结核", ("结核科", "呼吸内科")),
    ("老年", ("老年医学科", "全科医学科", "内科")),
    ("中医", ("中医内科", "针灸推拿科", "中医骨伤科", "妇科")),
    ("中西医", ("中医内科", "内科", "针灸推拿科", "外科")),
    ("整形", ("整形美容科", "皮肤科")),
)
"""A word in a hospital's name, and what such a hospital has; the first that fits."""
GENERAL = ("内科", "外科", "儿科", "眼科")
LARGE = ("心血管内科", "神经内科", "呼吸内科", "骨科", "耳鼻咽喉科")
"""What a hospital of the third level has besides, of which each shows one."""


def seed(hospitals: Iterable[Institution], start_on: date, days: int = 14) -> int:
    """List the hospitals and publish their sessions of `days` days; returns how many sessions there are.

    Repeating it adds what is missing and leaves every published session, with everybody in it, as it is.
    """
    directory = wiring.directory()
    houses = [_House.of(each) for each in hospitals if each.kind == "hospital"]

    def publish(house: "_House") -> int:
        directory.enrol(house.hospital, house.departments, house.practitioners)
        sessions = list(house.sessions(start_on, days))
        directory.publish(sessions)
        return len(sessions)

    with ThreadPoolExecutor(AT_ONCE) as workers:
        return sum(workers.map(publish, houses))


@dataclass(frozen=True, slots=True)
class _House:
    """One hospital with its departments; each has a practitioner, the first has two, and perhaps one sought-after."""

    hospital: Hospital
    departments: list[Department]
    practitioners: list[Practitioner]

    @classmethod
    def of(cls, institution: Institution) -> "_House":
        """The same house for the same institution, always."""
        random = Random(institution.institution_id)
        hospital = Hospital(
            id=institution.institution_id,
            region=REGION,
            name=institution.name,
            district=institution.district,
            address=institution.address,
            grade=institution.grade or "未定级",
        )
        departments = [
            Department(
                id=follow_id("dep", OPENED_AT, f"{hospital.id}|{name}"), name=name, name_en=ENGLISH[name]
            )
            for name in _departments(hospital, random)
        ]
        staffed = [departments[0], *departments]
        practitioners = [_practitioner(each, number, random) for number, each in enumerate(staffed)]
        if hospital.grade == TOP:
            last = _practitioner(departments[0], len(staffed), random)
            practitioners.append(last.model_copy(update={"title": SOUGHT_AFTER}))
        return cls(hospital, departments, practitioners)

    def sessions(self, start_on: date, days: int) -> Iterator[Session]:
        """The first practitioner sits every morning, the sought-after every afternoon, others every second weekday."""
        by_id = {each.id: each for each in self.departments}
        for number, practitioner in enumerate(self.practitioners):
            one_a_day = practitioner.title == SOUGHT_AFTER
            half = MORNING if number % 2 == 0 and not one_a_day else AFTERNOON
            for offset in range(days):
                day = start_on + timedelta(days=offset)
                second = day.weekday() < SATURDAY and (day.toordinal() + number) % 2 == 0
                if number == 0 or one_a_day or second:
                    yield self._session(practitioner, by_id[practitioner.department_id], day, half)

    def _session(self, practitioner: Practitioner, department: Department, day: date, half: time) -> Session:
        one_a_day = practitioner.title == SOUGHT_AFTER
        return Session(
            hospital_id=self.hospital.id,
            hospital_name=self.hospital.name,
            department_id=department.id,
            department_name=department.name,
            practitioner_id=practitioner.id,
            practitioner_name=practitioner.name,
            practitioner_title=practitioner.title,
            starts_at=datetime.combine(day, half).astimezone(UTC),
            minutes=SOUGHT_AFTER_MINUTES if one_a_day else MINUTES,
            places=1 if one_a_day else PLACES[half],
            fee_fen=SOUGHT_AFTER_FEE if one_a_day else dict(TITLES)[practitioner.title],
        )


def _departments(hospital: Hospital, random: Random) -> tuple[str, ...]:
    for word, names in SPECIALITIES:
        if word in hospital.name:
            return names
    if hospital.grade.startswith("三级"):
        return (*GENERAL, random.choice(LARGE))
    return GENERAL


def _practitioner(department: Department, number: int, random: Random) -> Practitioner:
    names = _names()
    title, _ = random.choice(TITLES)
    return Practitioner(
        id=follow_id("prc", OPENED_AT, f"{department.id}|{number}"),
        name=random.choice(names["surnames"]) + random.choice(names["given"]),
        title=title,
        department_id=department.id,
    )


@cache
def _names() -> dict[str, list[str]]:
    found = json.loads((Path(__file__).parent / "data" / "names.json").read_text(encoding="utf-8"))
    return {"surnames": found["surnames"], "given": found["female"] + found["male"]}
