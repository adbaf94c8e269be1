"""The departments' calls: ask one, list them, see who asked. It must not know the payment app or hospitals.

The journal keeps who asked for which fact for which purpose, never about whom or what was answered.
"""

import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.clock import rfc3339
from sandbox.departments.answers import Question, answer_claims, compact_jws, unsigned_jws
from sandbox.departments.catalogue import DEPARTMENTS, Department
from sandbox.departments.records import Records
from sandbox.events import Events
from sandbox.faults import DepartmentFault, Faults
from sandbox.http_signatures import ServiceSignatures
from sandbox.keys import KeyFolder, public_jwk
from sandbox.origin.routing import Refused, Request, Response, Route, json_response
from sandbox.shelf import Shelf

BASE = "/sandbox/departments"
TAG = "zt-exchange"
_TWO_DAYS = 2 * 86_400
_TOO_MUCH = 1 << 17


@dataclass(frozen=True, slots=True)
class Departments:
    """The departments' parts, as their calls need them."""

    records: Records
    keys: KeyFolder
    signatures: ServiceSignatures
    shelf: Shelf
    faults: Faults
    events: Events
    origin: str

    def routes(self) -> list[Route]:
        """Every call of the departments."""
        return [
            Route("GET", BASE, self.list_departments),
            Route("POST", f"{BASE}/{{department_id}}/facts", self.ask),
            Route("GET", f"{BASE}/{{department_id}}/requests", self.journal),
        ]

    def list_departments(self, _: Request) -> Response:
        """Each department's names, endpoint, facts and public key."""
        return json_response({"items": [self._view(department) for department in DEPARTMENTS.values()]})

    def ask(self, request: Request) -> Response:
        """One signed question, one signed answer; raises Refused 401, 404, 422 or 503."""
        department = _department(request)
        fault = self.faults.now().department.get(department.department_id)  # type: ignore[call-overload]
        _delay_or_refuse(fault)
        self.signatures.check(request, TAG)
        question = _question(request)
        if fault and fault.kind == "pending":
            return json_response({"interval": max(1, round(fault.seconds))}, 202)
        claims = answer_claims(department, question, request.body, self.records)
        self._journal(department, question, request, claims["status"])
        answer = self._answer(department, claims, fault)
        return Response(200, answer.encode(), (("Content-Type", "application/jose"),))

    def journal(self, request: Request) -> Response:
        """Who asked this department for what, oldest first."""
        return json_response({"items": self.shelf.every(f"asked|{_department(request).department_id}")})

    def _answer(self, department: Department, claims: dict[str, Any], fault: DepartmentFault | None) -> str:
        key = self._key(department)
        match fault.kind if fault else None:
            case "lying":
                return compact_jws(
                    key, {**claims, "requestId": "another", "requestHash": "b3RoZXI=", "value": {}}
                )
            case "forged":
                return compact_jws(Ed25519PrivateKey.generate(), claims)
            case "unsigned":
                return unsigned_jws(claims)
            case "malformed":
                return "this is no JWS"
            case "stale":
                return compact_jws(key, {**claims, "iat": claims["iat"] - _TWO_DAYS})
            case "huge":
                return compact_jws(key, claims) + "A" * _TOO_MUCH
            case "twice":
                return compact_jws(key, self._otherwise(department, claims))
            case _:
                return compact_jws(key, claims)

    def _otherwise(self, department: Department, claims: dict[str, Any]) -> dict[str, Any]:
        """The truth to whoever asks first; that there is no record, when the same question comes again."""
        asked = self.shelf.every(f"asked|{department.department_id}")
        before = [each for each in asked if each["requestId"] == claims["requestId"]]
        return claims if len(before) == 1 else {**claims, "status": "not-found", "value": None}

    def _journal(self, department: Department, question: Question, request: Request, status: str) -> None:
        entry = {
            "requestId": question.request_id,
            "receivedAt": rfc3339(self.records.clock.now()),
            "client": request.headers["X-Road-Client"],
            "purpose": question.purpose,
            "caseId": question.case_id,
            "fact": question.fact,
            "status": status,
        }
        number = self.shelf.next_number("asked")
        self.shelf.put(f"asked|{department.department_id}", str(number), entry)
        self.events.tell("department", departmentId=department.department_id, **entry)

    def _view(self, department: Department) -> dict[str, Any]:
        return {
            "id": department.department_id,
            "name": {"zh": department.name_zh, "en": department.name_en},
            "endpoint": f"{self.origin}{BASE}/{department.department_id}/facts",
            "facts": list(department.facts),
            "publicKey": public_jwk(self._key(department).public_key()),
        }

    def _key(self, department: Department) -> Ed25519PrivateKey:
        return self.keys.derived_ed25519("departments", department.department_id)


def _department(request: Request) -> Department:
    department = DEPARTMENTS.get(request.params["department_id"])
    if department is None:
        raise Refused(404, "department-unknown", "there is no such department")
    return department


def _question(request: Request) -> Question:
    question = request.read(Question)
    if not request.headers.get("X-Road-Client"):
        raise Refused(400, "header-missing", "X-Road-Client says which system asks")
    if request.headers.get("X-Road-Id") != question.request_id:
        raise Refused(400, "header-wrong", "X-Road-Id is the requestId of the body")
    return question


def _delay_or_refuse(fault: DepartmentFault | None) -> None:
    if fault and fault.kind == "slow":
        time.sleep(fault.seconds)
    if fault and fault.kind == "down":
        raise Refused(503, "department-down", "the department is down, as a fault says")
