"""Hospitals by city; departments and practitioners by hospital."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from chalicelib.appointments.model.directory import Department, Hospital, Practitioner
from chalicelib.platform.dynamo import Item, Table
from chalicelib.types import Model

_DEPARTMENT = "DEPARTMENT#"
_PRACTITIONER = "PRACTITIONER#"
_MOST_OF_A_HOSPITAL = 1000
_M = TypeVar("_M", bound=Model)


def _city(region: str) -> str:
    return f"CITY#{region}"


def _hospital(hospital_id: str) -> str:
    return f"HOSPITAL#{hospital_id}"


@dataclass(frozen=True, slots=True)
class DirectoryStore:
    """The directory: read by everybody, written by its keepers as a whole."""

    table: Table

    def replace(
        self, hospital: Hospital, departments: Iterable[Department], practitioners: Iterable[Practitioner]
    ) -> None:
        """Put a hospital with its departments and practitioners; what stood under their ids is replaced."""
        own = _hospital(hospital.id)
        self.table.put_all(
            [
                _item(_city(hospital.region), f"HOSPITAL#{hospital.id}", hospital),
                *(_item(own, f"{_DEPARTMENT}{each.id}", each) for each in departments),
                *(_item(own, f"{_PRACTITIONER}{each.id}", each) for each in practitioners),
            ]
        )

    def list_hospitals(
        self, region: str, limit: int, after: Mapping[str, Any] | None
    ) -> tuple[list[Hospital], Item | None]:
        """Hospitals of a city in the order of their ids, and the key to go on after."""
        items, last = self.table.query(_city(region), limit=limit, after=after)
        return [_model(Hospital, item) for item in items], last

    def hospital_key(self, hospital: Hospital) -> dict[str, str]:
        """The key to go on after this hospital."""
        return {"pk": _city(hospital.region), "sk": f"HOSPITAL#{hospital.id}"}

    def list_departments(self, hospital_id: str) -> list[Department]:
        """A hospital's departments."""
        items, _ = self.table.query(_hospital(hospital_id), prefix=_DEPARTMENT, limit=_MOST_OF_A_HOSPITAL)
        return [_model(Department, item) for item in items]

    def list_practitioners(self, hospital_id: str) -> list[Practitioner]:
        """A hospital's practitioners."""
        items, _ = self.table.query(_hospital(hospital_id), prefix=_PRACTITIONER, limit=_MOST_OF_A_HOSPITAL)
        return [_model(Practitioner, item) for item in items]


def _item(pk: str, sk: str, thing: Model) -> Item:
    return {"pk": pk, "sk": sk, **thing.model_dump()}


def _model(kind: type[_M], item: Item) -> _M:
    return kind.model_validate({name: item[name] for name in kind.model_fields})
