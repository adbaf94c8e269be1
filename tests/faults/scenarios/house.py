"""Before anybody comes: departments, institutions, a clinic session and the document key's certificate."""

from datetime import datetime, timedelta

from chalicelib import wiring
from chalicelib.appointments.model.directory import Department, Hospital, Practitioner, Session
from chalicelib.exchange.model import Department as RegisteredDepartment
from chalicelib.exchange.model import Limits
from chalicelib.institutions.model import Kind, Registration
from chalicelib.types import CHINA
from tests.certificates import trust_documents
from tests.fakes import unb64
from tests.faults.errand import Errand

_AGENDA_HOUR = 9


def _first_day(errand: Errand) -> datetime:
    tomorrow = errand.clock().astimezone(CHINA) + timedelta(days=1)
    return tomorrow.replace(hour=_AGENDA_HOUR, minute=0, second=0, microsecond=0)


def open_the_house(errand: Errand) -> None:
    """Departments, institutions, a clinic session and the document key's certificate are registered."""
    outside = errand.outside
    for each in outside.departments:
        wiring.exchange().register(
            RegisteredDepartment(
                id=each.id,
                name_zh="部门",
                name_en="Department",
                endpoint=each.endpoint,
                key_id=each.kid,
                public_key=unb64(each.public_key),
                limits=Limits(attempts=1),  # what fails once is to be seen to fail
            )
        )
    parties = (
        (outside.hospital, Kind.HOSPITAL, outside.events_endpoint),
        (outside.pharmacy, Kind.PHARMACY, outside.events_endpoint),
        (outside.other_pharmacy, Kind.PHARMACY, None),
        (outside.bureau, Kind.BUREAU, None),
        (outside.registrar, Kind.DEPARTMENT, None),
    )
    for party, kind, endpoint in parties:
        keys = {party.key_name: party.public_key}
        wiring.institutions().register(
            Registration(id=party.id, kind=kind, name="机构", endpoint=endpoint, keys=keys)
        )
    trust_documents()
    _publish(errand)


def _publish(errand: Errand) -> None:
    hospital = errand.outside.hospital.id
    begins = _first_day(errand)
    errand.known["day"] = begins.date().isoformat()
    wiring.directory().enrol(
        Hospital(id=hospital, region="330100", name="杭州医院", district="上城区", address="1", grade="3A"),
        [Department(id="dep_1", name="内科", name_en="Internal medicine")],
        [Practitioner(id="doc_1", name="李医生", title="主任医师", department_id="dep_1")],
    )
    wiring.directory().publish(
        [
            Session(
                hospital_id=hospital,
                hospital_name="杭州医院",
                department_id="dep_1",
                department_name="内科",
                practitioner_id="doc_1",
                practitioner_name="李医生",
                practitioner_title="主任医师",
                starts_at=begins,
                minutes=15,
                places=8,
                fee_fen=2500,
            )
        ]
    )
