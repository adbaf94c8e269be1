"""Three departments that answer for several facts each, and a small catalogue of certificates that rest on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.certificates import catalogue
from chalicelib.certificates.model.types import CertificateType
from chalicelib.exchange.model import Department as Registered
from chalicelib.exchange.model import Limits
from tests.fakes import Department, Received, Sent, World, unb64

_HOUSES, _MARRIED, _SERVED = "house-ownership", "marital-status", "service-record"


@dataclass
class Office(Department):
    """A department that knows everybody under one name, with a value by fact. `mood` is how it answers."""

    values: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    mood: str = "well"
    asked: list[dict[str, Any]] = field(default_factory=list)

    def tells(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The value of the fact that is asked for."""
        return self.values[asked["fact"]]

    def _answer(self, request: Received) -> Sent:
        self.asked.append(request.json)
        match self.mood:
            case "down":
                return Sent(503)
            case "busy":
                return Sent(202, b'{"interval":600}', "application/json")
            case "lying":
                return Sent(200, b"e30.e30.e30", "application/jose")
            case "garbled":
                told, self.values = self.values, {name: {"x": 1} for name in self.values}
                try:
                    return super()._answer(request)
                finally:
                    self.values = told
            case _:
                return super()._answer(request)


@dataclass
class Offices:
    """The registry of houses, the civil registry and the veterans' office."""

    world: World
    all: dict[str, Office] = field(default_factory=dict)

    def __post_init__(self) -> None:
        facts = {"real-estate": _HOUSES, "civil-registry": _MARRIED, "veterans": _SERVED}
        for name, fact in facts.items():
            value = {"n": 0, "region": "330100"}
            self.all[name] = Office(name, self.world, values={fact: value})
            self.register(self.all[name])

    def register(self, office: Office) -> None:
        """As an administrator would."""
        wiring.exchange().register(
            Registered(
                id=office.id,
                name_zh="部门",
                name_en="Department",
                endpoint=office.endpoint,
                key_id=office.kid,
                public_key=unb64(office.public_key),
                limits=Limits(attempts=1),
            )
        )

    def __getitem__(self, name: str) -> Office:
        return self.all[name]

    def tell(self, name: str, **value: Any) -> None:
        """From now on this is what an office says of everybody."""
        (fact,) = self[name].values
        self[name].values = {fact: {"n": 0, "region": "330100", **value} if value else None}


def _kind(name: str, prefix: str, needs: dict[str, str], **told: Any) -> CertificateType:
    number = {"kind": "number", "name": {"zh": "数", "en": "Number"}}
    region = {"kind": "region", "name": {"zh": "区域", "en": "Region"}}
    said = {
        "id": name,
        "serial_prefix": prefix,
        "name": {"zh": "证明", "en": name},
        "legal_basis": [],
        "issuer": {"zh": "{region}某局", "en": "Office of {region}"},
        "department_id": "real-estate",
        "department_name": {"zh": "某局", "en": "Office"},
        "needs": [
            {
                "fact": fact,
                "department_id": department,
                "name": {"zh": "事项", "en": "Fact"},
                "fields": {"n": number, "region": region},
            }
            for fact, department in needs.items()
        ],
        "rules": [
            {
                "value": f"{fact}.n",
                "at_most": 5,
                "otherwise": {"code": "too-many", "zh": "不符合", "en": "Too many"},
            }
            for fact in needs
        ],
        "statement": {"zh": "截至{as_of}属实。", "en": "is so as of {as_of}."},
        "lines": [{"value": f"{fact}.n"} for fact in needs],
        "valid_days": 30,
        "statutory_days": 5,
        "by_mandate": True,
    }
    return CertificateType.model_validate(said | told)


_DOUBT = {
    "value": f"{_SERVED}.n",
    "equals": 0,
    "otherwise": {"code": "unusual", "zh": "需人工审核", "en": "Somebody has to look"},
}
KINDS = {
    each.id: each
    for each in (
        _kind("houses", "HA", {_HOUSES: "real-estate"}),
        _kind("houses-too", "HB", {_HOUSES: "real-estate"}),
        _kind("family", "HC", {_HOUSES: "real-estate", _MARRIED: "civil-registry"}),
        _kind("service", "HD", {_SERVED: "veterans"}, review=[_DOUBT]),
        _kind(
            "paper", "HE", {}, paper={"zh": "纸质", "en": "Paper", "where": {"zh": "窗口", "en": "Counter"}}
        ),
    )
}
"""Two that share a fact, one of two departments, one that people may have to look at, one still paper."""


@contextmanager
def small_catalogue() -> Iterator[None]:
    """Within this block these are all the certificates there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "types", lambda: KINDS)
        yield
