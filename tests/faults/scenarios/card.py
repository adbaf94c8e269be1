"""Whoever logs in, has the face scanned and binds a card."""

import json
from datetime import datetime
from itertools import count
from urllib.parse import parse_qs, urlsplit

from tests.faults.errand import Errand
from tests.faults.outside import ZHANG, Somebody

_codes = count(1)
TERMINAL = {"operatorId": "op-1", "officeId": "of-1", "deviceId": "dev-1", "nonce": "n-1"}
_DECODE = "/v1/terminal/card-codes/decode"


def _who(errand: Errand) -> Somebody:
    who: Somebody = errand.known.get("who", ZHANG)
    return who


def log_in(errand: Errand) -> None:
    """The page asks the payment app for a fresh code each time it tries."""
    errand.known.pop("token", None)
    answer = errand.ask(
        "log in",
        "POST",
        "/v1/sessions",
        lambda: {"authCode": f"{_who(errand).account}/{next(_codes)}"},
        again_after="auth-code-invalid",
    )
    errand.known["token"] = answer.json["accessToken"]
    errand.known["refresh_token"] = answer.json["refreshToken"]
    errand.known["logged_in_until"] = datetime.fromisoformat(answer.json["expiresAt"])


def open_scan(errand: Errand) -> None:
    """Open a face scan."""
    who = _who(errand)
    body = {"realName": who.name, "idNumber": who.number, "purpose": "identity"}
    answer = errand.ask(f"open scan of {who.account}", "POST", "/v1/face-verifications", lambda: body)
    errand.known["verification"] = answer.json["id"]
    asked = json.loads(_parameter(answer.json["certifyUrl"], "biz_content"))
    errand.known["certify_id"] = asked["certify_id"]


def scan_face(errand: Errand) -> None:
    """The citizen looks into the camera."""
    errand.outside.scan_face(errand.known["certify_id"])


def complete_scan(errand: Errand) -> None:
    """Ask how the scan ended."""
    errand.ask("complete scan", "POST", f"/v1/face-verifications/{errand.known['verification']}/complete")


def bind_card(errand: Errand) -> None:
    """Bind the card."""
    body = {"verificationId": errand.known["verification"]}
    answer = errand.ask("bind card", "POST", "/v1/cards", lambda: body)
    errand.known["card"] = answer.json["id"]


def show_code(errand: Errand) -> None:
    """Show the card's code."""
    answer = errand.ask("show code", "POST", f"/v1/cards/{errand.known['card']}/codes")
    errand.known["code"] = answer.json["code"]
    errand.known["offline_code"] = answer.json["offlineCode"]


def decode(errand: Errand) -> None:
    """The pharmacy scans the code."""
    body = {"code": errand.known["code"], "businessType": "02121", **TERMINAL}
    errand.tell("decode", errand.outside.pharmacy, "POST", _DECODE, body)


def _parameter(address: str, name: str) -> str:
    return parse_qs(urlsplit(address).query)[name][0]
