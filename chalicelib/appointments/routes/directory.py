"""Hospitals, their departments and practitioners, and free slots on the wire."""

from chalicelib import wiring
from chalicelib.appointments.errors import (
    HospitalUnknown,
)
from chalicelib.appointments.routes.slots import slot_view
from chalicelib.appointments.routes.wire import (
    DepartmentList,
    DepartmentView,
    HospitalList,
    HospitalQuery,
    HospitalView,
    PractitionerList,
    PractitionerQuery,
    PractitionerView,
    SlotList,
    SlotQuery,
)
from chalicelib.identity.model.accounts import Citizen

routes = wiring.routes(__name__)


@routes.on("GET", "/v1/hospitals", auth=wiring.citizen)
def list_hospitals(caller: Citizen, query: HospitalQuery) -> HospitalList:  # noqa: ARG001  (any citizen may)
    """Hospitals that take registrations."""
    found, cursor = wiring.directory().list_hospitals(query.region, query.q, query.limit, query.cursor)
    items = [HospitalView(**each.model_dump(exclude={"region"})) for each in found]
    return HospitalList(items=items, cursor=cursor)


@routes.on("GET", "/v1/hospitals/{hospital_id}/departments", auth=wiring.citizen, errors=(HospitalUnknown,))
def list_departments(caller: Citizen, hospital_id: str) -> DepartmentList:  # noqa: ARG001  (any citizen may)
    """A hospital's departments."""
    found = wiring.directory().list_departments(hospital_id)
    return DepartmentList(items=[DepartmentView(**each.model_dump()) for each in found])


@routes.on("GET", "/v1/hospitals/{hospital_id}/practitioners", auth=wiring.citizen, errors=(HospitalUnknown,))
def list_practitioners(
    caller: Citizen,  # noqa: ARG001  (any citizen may)
    hospital_id: str,
    query: PractitionerQuery,
) -> PractitionerList:
    """A hospital's practitioners."""
    found = wiring.directory().list_practitioners(hospital_id, query.department_id)
    return PractitionerList(items=[PractitionerView(**each.model_dump()) for each in found])


@routes.on("GET", "/v1/slots", auth=wiring.citizen)
def list_slots(caller: Citizen, query: SlotQuery) -> SlotList:  # noqa: ARG001  (any citizen may)
    """Free slots of a department on one day."""
    found, cursor = wiring.directory().list_free(
        query.hospital_id, query.department_id, query.date, query.limit, query.cursor
    )
    return SlotList(items=[slot_view(each) for each in found], cursor=cursor)
