"""Identity certification by face: begun by the merchant's server, done in the app, asked about by the server.

A scan passes only when whoever scans says so, the name belongs to the number, and no fault forbids it.
It must not know what a passed certification is good for.
"""

import json
import re
import secrets
from typing import Any, Literal

from pydantic import BaseModel

from sandbox.clock import Clock, rfc3339
from sandbox.faults import Faults
from sandbox.identity_numbers import is_identity_number
from sandbox.origin.routing import Refused
from sandbox.payment_app.face_reasons import WORDS, Reason
from sandbox.payment_app.protocol import SUCCESS, BusinessFailure, Call
from sandbox.people import People
from sandbox.shelf import Shelf

BIZ_CODES = {"FACE", "CERT_PHOTO", "CERT_PHOTO_FACE", "SMART_FACE"}


class Certification(BaseModel):
    """One certification of one claimed identity."""

    certify_id: str
    app_id: str
    outer_order_no: str
    cert_name: str
    cert_no: str
    return_url: str | None
    created_at: str
    state: Literal["waiting", "passed", "failed"] = "waiting"
    fail_reason: Reason | None = None


class FaceScans:
    """The certifications and how they ended."""

    def __init__(self, shelf: Shelf, clock: Clock, people: People, faults: Faults) -> None:
        self._shelf = shelf
        self._clock = clock
        self._people = people
        self._faults = faults

    def initialize(self, call: Call) -> dict[str, Any]:
        """`alipay.user.certify.open.initialize`: the same outer_order_no always means the same certification."""
        order = call.required("outer_order_no", 32)
        if not re.fullmatch(r"[A-Za-z0-9]{1,32}", order) or call.required("biz_code") not in BIZ_CODES:
            raise BusinessFailure("INVALID_PARAMETER", "参数有误")
        name, number = _claimed_identity(call)
        with self._shelf.change():
            scan = self._by_order(call.app.app_id, order) or self._begin(call, order, name, number)
        if (scan.cert_name, scan.cert_no) != (name, number):
            raise BusinessFailure("OUTER_ORDER_NO_REPEATED", "商户请求的唯一标识重复")
        return {**SUCCESS, "certify_id": scan.certify_id}

    def page_path(self, call: Call) -> str:
        """`alipay.user.certify.open.certify`: the path of the page on which the face is scanned."""
        return f"/sandbox/payment-app/face-page/{self._asked_about(call).certify_id}"

    def query(self, call: Call) -> dict[str, Any]:
        """`alipay.user.certify.open.query`: passed T or F; a fail_reason only once the scan has failed."""
        scan = self._asked_about(call)
        identity = json.dumps({"cert_name": scan.cert_name, "cert_no": scan.cert_no}, ensure_ascii=False)
        node = {**SUCCESS, "passed": "T" if scan.state == "passed" else "F", "identity_info": identity}
        if scan.state == "failed":
            node["fail_reason"] = WORDS[scan.fail_reason or Reason.OTHER]
        return {**node, "material_info": "{}"}

    def scan(self, certify_id: str, *, passed: bool, reason: Reason = Reason.NOT_MATCHED) -> Certification:
        """Someone scans a face; `reason` counts unless it passes. What was decided stays; raises Refused 404."""
        with self._shelf.change():
            before = self.get(certify_id)
            after = before.model_copy(update=self._outcome(before, None if passed else reason))
            if before.state == "waiting":
                self._keep(after)
                return after
        return before

    def get(self, certify_id: str) -> Certification:
        """The certification; raises Refused 404."""
        document = self._shelf.get("certification", certify_id)
        if document is None:
            raise Refused(404, "certification-unknown", "there is no such certification")
        return Certification.model_validate(document)

    def _outcome(self, scan: Certification, reason: Reason | None) -> dict[str, Any]:
        fault = self._faults.now().face
        person = self._people.find_number(scan.cert_no)
        if fault and fault.outcome == "pending":
            return {}
        if person is None or person.real_name != scan.cert_name:
            return {"state": "failed", "fail_reason": Reason.NAME_NUMBER_MISMATCH}
        if fault or reason:
            return {
                "state": "failed",
                "fail_reason": (fault and fault.reason) or reason or Reason.NOT_MATCHED,
            }
        return {"state": "passed"}

    def _asked_about(self, call: Call) -> Certification:
        document = self._shelf.get("certification", call.required("certify_id"))
        if document is None or document["app_id"] != call.app.app_id:
            raise BusinessFailure("OPEN_CERTIFY_BILL_NOT_EXIST", "无效的certify_id")
        return Certification.model_validate(document)

    def _by_order(self, app_id: str, order: str) -> Certification | None:
        known = self._shelf.get("certification-order", f"{app_id}|{order}")
        return self.get(known["certify_id"]) if known else None

    def _begin(self, call: Call, order: str, name: str, number: str) -> Certification:
        scan = Certification(
            certify_id=secrets.token_hex(16),
            app_id=call.app.app_id,
            outer_order_no=order,
            cert_name=name,
            cert_no=number,
            return_url=_member(call, "merchant_config").get("return_url"),
            created_at=rfc3339(self._clock.now()),
        )
        self._keep(scan)
        self._shelf.put("certification-order", f"{scan.app_id}|{order}", {"certify_id": scan.certify_id})
        return scan

    def _keep(self, scan: Certification) -> None:
        self._shelf.put("certification", scan.certify_id, scan.model_dump())


def _claimed_identity(call: Call) -> tuple[str, str]:
    identity = _member(call, "identity_param")
    kinds = (identity.get("identity_type"), identity.get("cert_type"))
    name, number = identity.get("cert_name"), identity.get("cert_no")
    if kinds != ("CERT_INFO", "IDENTITY_CARD") or not isinstance(name, str) or not isinstance(number, str):
        raise BusinessFailure("INVALID_PARAMETER", "identity_param 参数有误")
    if not name or not is_identity_number(number):
        raise BusinessFailure("INVALID_PARAMETER", "证件信息有误")
    return name, number


def _member(call: Call, name: str) -> dict[str, Any]:
    """An object inside the business content; older clients send it as JSON text."""
    value = call.content.get(name) or {}
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise BusinessFailure("INVALID_PARAMETER", f"{name} 参数有误")
    return parsed
