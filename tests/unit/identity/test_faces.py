"""Face scans through the API: how they end, what is told of it, and how often they may be tried."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.identity.model.faces import MOST_FAILED, MOST_OPENED, Attempts, beijing_day, day_end
from chalicelib.identity.model.reasons import WORDS, Reason
from chalicelib.identity.service import scans
from sandbox.payment_app import face_reasons
from tests.api import Api, ApiAnswer
from tests.builders import a_wrong_identity_number, an_auth_code, an_identity_number
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud, each_attribute
from tests.fakes import PaymentApp

INITIALIZE, QUERY = "alipay.user.certify.open.initialize", "alipay.user.certify.open.query"


def look(phone: Phone, verification_id: str) -> ApiAnswer:
    return phone.api.get(f"/v1/face-verifications/{verification_id}", token=phone.token)


def scan(phone: Phone, purpose: str = "identity") -> ApiAnswer:
    """Open a scan and complete it."""
    return phone.complete(phone.open_scan(purpose).json["id"])


def days(cloud: Cloud) -> list[dict[str, Any]]:
    """What was counted, per person and day."""
    return [
        {name: int(item[name]["N"]) for name in ("opened", "failed", "passed")}
        for item in cloud.items()
        if item["sk"]["S"].startswith("FACE#")
    ]


# -- how a scan ends
def test_a_passed_face_serves_and_is_kept(phone: Phone, clock: HeldClock) -> None:
    phone.log_in()
    verification_id = phone.open_scan().json["id"]
    first = phone.complete(verification_id).json
    assert first["status"] == "passed"
    assert (first["reason"], first["reasonText"], first["attemptsLeft"]) == (None, None, MOST_FAILED)
    phone.passed = "F"
    clock.turn(minutes=5)
    assert phone.complete(verification_id).json == first
    assert look(phone, verification_id).json == first


def test_a_failed_face_binds_nothing(phone: Phone, api: Api) -> None:
    phone.passed = "F"
    verification_id = phone.verified()
    answer = api.post("/v1/cards", {"verificationId": verification_id}, token=phone.token)
    assert (answer.status, answer.code) == (409, "face-not-passed")


def test_a_face_nobody_scanned_is_pending(phone: Phone, api: Api) -> None:
    phone.passed = ""
    verification_id = phone.verified()
    answer = api.post("/v1/cards", {"verificationId": verification_id}, token=phone.token)
    assert (answer.status, answer.code) == (409, "face-pending")
    seen = look(phone, verification_id).json
    assert (seen["status"], seen["receipt"], seen["attemptsLeft"]) == ("pending", None, MOST_FAILED)


def test_looking_at_a_scan_asks_nobody(phone: Phone, payment_app: PaymentApp) -> None:
    phone.log_in()
    verification_id = phone.open_scan().json["id"]
    assert look(phone, verification_id).json["status"] == "pending"
    assert payment_app.calls(QUERY) == []


def test_a_scan_that_is_never_done_expires(phone: Phone, clock: HeldClock) -> None:
    phone.log_in()
    phone.passed = ""
    verification_id = phone.open_scan().json["id"]
    clock.turn(minutes=10)
    assert phone.complete(verification_id).json["status"] == "pending"
    clock.turn(seconds=1)
    assert phone.complete(verification_id).code == "verification-expired"


def test_a_scan_that_is_asked_about_too_late_counts_no_more(
    phone: Phone, clock: HeldClock, payment_app: PaymentApp
) -> None:
    phone.log_in()
    verification_id = phone.open_scan().json["id"]
    clock.turn(minutes=40)
    phone.log_in()
    assert phone.complete(verification_id).code == "verification-expired"
    assert payment_app.calls(QUERY) == []


def test_a_wrong_checksum_is_refused_before_anybody_is_asked(
    phone: Phone, payment_app: PaymentApp, cloud: Cloud
) -> None:
    phone.log_in()
    before = cloud.items()
    answer = phone.open_scan(number=a_wrong_identity_number())
    assert (answer.status, answer.code) == (422, "identity-number-invalid")
    assert answer.json["errors"][0]["pointer"] == "/idNumber"
    assert payment_app.calls(INITIALIZE) == []
    assert cloud.items() == before


def test_somebody_elses_verification_does_not_exist(phone: Phone, api: Api, payment_app: PaymentApp) -> None:
    verification_id = phone.verified()
    stranger = Phone(api, payment_app)
    stranger.log_in()
    assert stranger.complete(verification_id).code == "verification-not-found"
    assert look(stranger, verification_id).code == "verification-not-found"


def test_a_session_that_ends_while_its_face_is_closed_takes_no_receipt(
    phone: Phone, api: Api, payment_app: PaymentApp
) -> None:
    """Logged out between the token's check and the transaction: neither the scan nor the session changes."""
    phone.log_in()
    verification_id = phone.open_scan().json["id"]

    def logged_out_meanwhile(_: dict[str, Any]) -> dict[str, str]:
        api.call("DELETE", "/v1/sessions/current", token=phone.token)
        return {"passed": "T"}

    payment_app.says(QUERY, logged_out_meanwhile)
    answer = api.post(f"/v1/face-verifications/{verification_id}/complete", token=phone.token)
    assert (answer.status, answer.code) == (401, "session-ended")
    phone.log_in()
    assert look(phone, verification_id).json["status"] == "pending"


# -- why it failed
@pytest.mark.parametrize("reason", list(face_reasons.Reason))
def test_each_of_the_apps_words_has_a_code_and_a_text(phone: Phone, reason: face_reasons.Reason) -> None:
    phone.log_in()
    phone.passed, phone.fail_reason = "F", face_reasons.WORDS[reason]
    answer = scan(phone).json
    assert (answer["status"], answer["reason"]) == ("failed", reason.value)
    zh, en = WORDS[Reason(reason.value)]
    assert answer["reasonText"] == {"zh": zh, "en": en}
    assert (answer["validUntil"], answer["receipt"]) == (None, None)


def test_words_that_nobody_knows_are_another_reason_and_go_no_further(
    phone: Phone, cloud: Cloud, log_lines: Callable[[], str]
) -> None:
    phone.log_in()
    phone.passed, phone.fail_reason = "F", f"{phone.name}的照片不可用"
    answer = scan(phone)
    assert answer.json["reason"] == "other"
    for told in (answer.body.decode(), str(cloud.items()), log_lines()):
        assert phone.fail_reason not in told


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(Reason)
    assert all(words.zh and words.en.isascii() for words in WORDS.values())


# -- how often
def test_attempts_are_counted_down_and_the_fifth_failure_is_the_last(
    phone: Phone, clock: HeldClock, payment_app: PaymentApp
) -> None:
    clock.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    phone.log_in()
    phone.passed = "F"
    assert [scan(phone).json["attemptsLeft"] for _ in range(5)] == [4, 3, 2, 1, 0]
    asked = len(payment_app.calls(INITIALIZE))
    refused = phone.open_scan()
    assert (refused.status, refused.code) == (429, "face-attempts-exhausted")
    assert refused.headers["retry-after"] == str(14 * 3600)
    assert len(payment_app.calls(INITIALIZE)) == asked


def test_the_limit_is_the_persons_not_the_phones(phone: Phone, api: Api, payment_app: PaymentApp) -> None:
    phone.log_in()
    phone.passed = "F"
    for _ in range(5):
        scan(phone)
    elsewhere = Phone(api, payment_app, number=phone.number)
    elsewhere.log_in()
    assert elsewhere.open_scan().code == "face-attempts-exhausted"
    assert phone.open_scan(number=an_identity_number()).status == 201


def test_a_new_day_begins_at_midnight_in_beijing(phone: Phone, clock: HeldClock) -> None:
    clock.now = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
    phone.log_in()
    phone.passed = "F"
    for _ in range(5):
        scan(phone)
    clock.turn(minutes=9, seconds=59)
    refused = phone.open_scan()
    assert (refused.code, refused.headers["retry-after"]) == ("face-attempts-exhausted", "1")
    clock.turn(seconds=1)
    phone.passed = "T"
    assert scan(phone).json["status"] == "passed"


def test_a_scan_that_was_opened_before_midnight_counts_for_the_day_it_was_opened(
    phone: Phone, clock: HeldClock, cloud: Cloud
) -> None:
    clock.now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    phone.log_in()
    phone.passed = "F"
    verification_id = phone.open_scan().json["id"]
    clock.turn(minutes=2)
    assert phone.complete(verification_id).json["attemptsLeft"] == 4
    assert days(cloud) == [{"opened": 1, "failed": 1, "passed": 0}]


def test_twenty_scans_may_be_opened_and_no_more(phone: Phone) -> None:
    phone.log_in()
    left = [scan(phone).json["attemptsLeft"] for _ in range(MOST_OPENED)]
    assert left == [*[MOST_FAILED] * 15, 4, 3, 2, 1, 0]
    assert phone.open_scan().code == "face-attempts-exhausted"


def test_a_repeated_complete_counts_once(phone: Phone, cloud: Cloud) -> None:
    phone.log_in()
    phone.passed = "F"
    verification_id = phone.open_scan().json["id"]
    answers = [phone.complete(verification_id).json for _ in range(3)]
    assert [each["attemptsLeft"] for each in answers] == [4, 4, 4]
    assert days(cloud) == [{"opened": 1, "failed": 1, "passed": 0}]


def test_two_completes_at_once_count_once(
    phone: Phone, payment_app: PaymentApp, api: Api, cloud: Cloud
) -> None:
    phone.log_in()
    verification_id = phone.open_scan().json["id"]
    path = f"/v1/face-verifications/{verification_id}/complete"
    inner: list[ApiAnswer] = []

    def asked(_: dict[str, Any]) -> dict[str, str]:
        if not inner:
            inner.append(ApiAnswer(0, {}, b""))
            inner[0] = api.post(path, token=phone.token)
        return {"passed": "F", "fail_reason": phone.fail_reason}

    payment_app.says(QUERY, asked)
    outer = api.post(path, token=phone.token)
    assert (outer.status, outer.json) == (inner[0].status, inner[0].json)
    assert days(cloud) == [{"opened": 1, "failed": 1, "passed": 0}]


def test_scans_opened_in_advance_give_no_sixth_try(phone: Phone, cloud: Cloud) -> None:
    phone.log_in()
    opened = [phone.open_scan().json["id"] for _ in range(7)]
    phone.passed = "F"
    for each in opened[:5]:
        phone.complete(each)
    phone.passed = "T"
    refused = phone.complete(opened[5])
    assert (refused.status, refused.code) == (429, "face-attempts-exhausted")
    assert look(phone, opened[5]).json["status"] == "pending"
    phone.passed = "F"
    assert phone.complete(opened[6]).json["attemptsLeft"] == 0
    assert days(cloud) == [{"opened": 7, "failed": 6, "passed": 0}]


def test_two_first_scans_at_once_are_both_counted(
    phone: Phone, payment_app: PaymentApp, cloud: Cloud
) -> None:
    phone.log_in()
    inner: list[ApiAnswer] = []

    def meanwhile(_: dict[str, Any]) -> dict[str, str]:
        if not inner:
            inner.append(ApiAnswer(0, {}, b""))
            body = {"realName": phone.name, "idNumber": phone.number, "purpose": "identity"}
            inner[0] = phone.api.post("/v1/face-verifications", body, token=phone.token)
        return {"certify_id": an_auth_code()}

    payment_app.says(INITIALIZE, meanwhile)
    body = {"realName": phone.name, "idNumber": phone.number, "purpose": "identity"}
    assert phone.api.post("/v1/face-verifications", body, token=phone.token).status == 201
    assert inner[0].status == 201
    assert days(cloud) == [{"opened": 2, "failed": 0, "passed": 0}]


def test_an_app_that_is_down_takes_no_attempt(phone: Phone, payment_app: PaymentApp, cloud: Cloud) -> None:
    phone.log_in()
    payment_app.says(INITIALIZE, {"broken": 502})
    body = {"realName": phone.name, "idNumber": phone.number, "purpose": "identity"}
    answer = phone.api.post("/v1/face-verifications", body, token=phone.token)
    assert (answer.status, answer.code) == (503, Unavailable.code)
    assert days(cloud) == []


@pytest.mark.parametrize(
    ("moment", "day", "seconds"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), "2026-11-23", 1),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), "2026-11-24", 24 * 3600),
        (datetime(2027, 2, 28, 16, 0, 0, tzinfo=UTC), "2027-03-01", 24 * 3600),
    ],
)
def test_days_are_beijings(moment: datetime, day: str, seconds: int) -> None:
    assert beijing_day(moment).isoformat() == day
    assert (day_end(beijing_day(moment)) - moment).total_seconds() == seconds
    assert scans._exhausted(moment).retry_after == seconds


def test_attempts_left_are_never_negative() -> None:
    assert Attempts(opened=3, failed=9).left == 0
    assert Attempts().left == MOST_FAILED


# -- what is not told
def test_no_item_and_no_log_line_holds_a_name_or_a_number(
    phone: Phone, cloud: Cloud, log_lines: Callable[[], str]
) -> None:
    phone.name = "欧阳明月"
    phone.log_in()
    receipt = scan(phone).json["receipt"]
    phone.passed = "F"
    scan(phone)
    phone.bind()
    logged = log_lines()
    stored = str([list(each_attribute(item)) for item in cloud.items()])
    for secret in (phone.name, phone.number, phone.token):
        assert secret not in logged
        assert secret not in stored
    assert receipt not in logged
