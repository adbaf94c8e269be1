"""Institutions and departments, registered as an administrator would, and how an institution scans a code."""

import json
from datetime import datetime
from typing import Any

from chalicelib import wiring
from chalicelib.exchange.model import Department as RegisteredDepartment
from chalicelib.exchange.model import Limits
from chalicelib.institutions.model import Kind, Registration
from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.fakes import Department, Party, World, unb64

INSURED: dict[str, Any] = {
    "cardNumber": "A12345678",
    "region": "330100",
    "cardStatus": "active",
    "cardVersion": 1,
    "deceased": False,
}
PHARMACY = "pha_01JAPHARMACY0000000000000A"
HOSPITAL = "hos_01JAHASPTA00000000000000AB"
DECODE = "/v1/terminal/card-codes/decode"
REDEEM = "/v1/terminal/card-codes/redeem"
TERMINAL = {"operatorId": "op-1", "officeId": "of-1", "deviceId": "dev-1", "nonce": "n-1"}


def a_department(department_id: str, world: World) -> Department:
    """A department behind `world` that the service knows."""
    department = Department(department_id, world)
    wiring.exchange().register(
        RegisteredDepartment(
            id=department.id,
            name_zh="部门",
            name_en="Department",
            endpoint=department.endpoint,
            key_id=department.kid,
            public_key=unb64(department.public_key),
            limits=Limits(attempts=1),  # what fails once is to be seen to fail
        )
    )
    return department


def a_party(institution_id: str = PHARMACY) -> Party:
    """An institution that the service knows, and that signs for itself."""
    party = Party(institution_id)
    kind = Kind.PHARMACY if institution_id.startswith("pha_") else Kind.HOSPITAL
    keys = {party.key_name: party.public_key}
    wiring.institutions().register(
        Registration(id=party.id, kind=kind, name="机构", endpoint=None, keys=keys)
    )
    return party


def a_registrar(department_id: str = "real-estate") -> Party:
    """A department as the one that withdraws what it issued."""
    party = Party(department_id)
    keys = {party.key_name: party.public_key}
    registration = Registration(id=party.id, kind=Kind.DEPARTMENT, name="部门", endpoint=None, keys=keys)
    wiring.institutions().register(registration)
    return party


def scan(
    api: Api, party: Party, clock: HeldClock, code: str, business_type: str = "01101", **signing: Any
) -> ApiAnswer:
    """The party's terminal decodes a code with a freshly signed request; `key`, `nonce` may be told."""
    return _signed(api, party, clock, DECODE, {"code": code, "businessType": business_type}, signing)


def redeem(
    api: Api,
    party: Party,
    clock: HeldClock,
    code: str,
    *,
    presented_at: datetime | None = None,
    amount_fen: int = 1_50,
    business_type: str = "02121",
    **signing: Any,
) -> ApiAnswer:
    """The party's terminal redeems an offline code that it saw at `presented_at`, by default just now."""
    told = {
        "code": code,
        "businessType": business_type,
        "presentedAt": rfc3339(presented_at or clock()),
        "amountFen": amount_fen,
    }
    return _signed(api, party, clock, REDEEM, told, signing)


def _signed(
    api: Api, party: Party, clock: HeldClock, path: str, told: dict[str, Any], signing: dict[str, Any]
) -> ApiAnswer:
    body = json.dumps({**told, **TERMINAL}).encode()
    headers = party.headers("POST", path, body, **{"now": clock().timestamp(), **signing})
    return api.post(path, body, headers=headers)
