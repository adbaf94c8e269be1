"""Logging in and proving who one is, through the API."""

from collections.abc import Callable

import pytest

from tests.api import Api
from tests.builders import a_wrong_identity_number, an_auth_code
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud, each_attribute
from tests.fakes import PaymentApp


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock) -> Phone:
    return Phone(api, payment_app)


def test_a_citizen_logs_in_and_is_recognised(phone: Phone, api: Api) -> None:
    answer = phone.log_in()
    assert answer.status == 201
    assert answer.json["citizen"]["verified"] is False
    assert api.get("/v1/citizens/me", token=phone.token).json["id"] == answer.json["citizen"]["id"]


def test_the_same_account_is_the_same_citizen_every_time(phone: Phone) -> None:
    assert phone.log_in().json["citizen"]["id"] == phone.log_in().json["citizen"]["id"]


def test_a_used_auth_code_is_refused(phone: Phone, payment_app: PaymentApp, api: Api, cloud: Cloud) -> None:
    payment_app.says("alipay.system.oauth.token", {"code": "40002", "sub_code": "isv.code-invalid"})
    answer = api.post("/v1/sessions", {"authCode": an_auth_code()})
    assert (answer.status, answer.code) == (401, "auth-code-invalid")
    assert cloud.items() == []


def test_a_silent_payment_app_is_a_503_with_a_time_to_retry(api: Api, payment_app: PaymentApp) -> None:
    payment_app.says("alipay.system.oauth.token", {"broken": 502})
    answer = api.post("/v1/sessions", {"authCode": an_auth_code()})
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


def test_a_token_ends_after_half_an_hour(phone: Phone, api: Api, clock: HeldClock) -> None:
    phone.log_in()
    clock.turn(minutes=29)
    assert api.get("/v1/citizens/me", token=phone.token).status == 200
    clock.turn(minutes=1)
    assert api.get("/v1/citizens/me", token=phone.token).code == "token-expired"


def test_any_changed_character_of_a_token_is_refused(phone: Phone, api: Api) -> None:
    phone.log_in()
    for place in range(0, len(phone.token) - 1, 7):
        other = "A" if phone.token[place] != "A" else "B"
        changed = phone.token[:place] + other + phone.token[place + 1 :]
        assert api.get("/v1/citizens/me", token=changed).status == 401


def test_a_passed_face_serves_and_is_kept(phone: Phone) -> None:
    phone.log_in()
    verification_id = phone.open_scan().json["id"]
    assert phone.complete(verification_id).json["status"] == "passed"
    phone.passed = "F"
    assert phone.complete(verification_id).json["status"] == "passed"


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


def test_a_wrong_checksum_is_refused_before_anybody_is_asked(
    phone: Phone, payment_app: PaymentApp, cloud: Cloud
) -> None:
    phone.log_in()
    before = cloud.items()
    answer = phone.open_scan(number=a_wrong_identity_number())
    assert (answer.status, answer.code) == (422, "identity-number-invalid")
    assert answer.json["errors"][0]["pointer"] == "/idNumber"
    assert payment_app.calls("alipay.user.certify.open.initialize") == []
    assert cloud.items() == before


def test_an_old_scan_and_one_for_something_else_are_refused(phone: Phone, api: Api, clock: HeldClock) -> None:
    other = phone.verified("certificates")
    answer = api.post("/v1/cards", {"verificationId": other}, token=phone.token)
    assert answer.code == "verification-purpose"
    old = phone.verified("bind-card")
    clock.turn(minutes=30)
    phone.log_in()
    assert api.post("/v1/cards", {"verificationId": old}, token=phone.token).code == "verification-expired"


def test_somebody_elses_verification_does_not_exist(phone: Phone, api: Api, payment_app: PaymentApp) -> None:
    verification_id = phone.verified()
    stranger = Phone(api, payment_app)
    stranger.log_in()
    assert stranger.complete(verification_id).code == "verification-not-found"


def test_no_item_and_no_log_line_holds_a_name_or_a_number(
    phone: Phone, cloud: Cloud, log_lines: Callable[[], str]
) -> None:
    phone.name = "欧阳明月"
    phone.bind()
    logged = log_lines()
    stored = str([list(each_attribute(item)) for item in cloud.items()])
    for secret in (phone.name, phone.number, phone.token):
        assert secret not in logged
        assert secret not in stored
