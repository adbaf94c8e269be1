"""Logging in, going on, and logging out, through the API."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.identity.errors import RefreshTokenInvalid
from chalicelib.identity.model.accounts import Refresh, Role, WalletEntry
from chalicelib.identity.service.refresh_tokens import RefreshTokens
from chalicelib.platform.dynamo import Table, commit
from chalicelib.platform.log import event as logged_event
from chalicelib.rooms import blueprints
from tests.api import Api, ApiAnswer
from tests.builders import an_auth_code
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp

CITIZENS_ROUTES = [
    operation
    for blueprint in blueprints()
    for operation in blueprint.operations
    if operation.auth is not None and operation.auth.name == "citizen"
]


def other_device(phone: Phone) -> Phone:
    """The same person on another phone, logged in."""
    other = Phone(phone.api, phone.payment_app, open_id=phone.open_id, number=phone.number)
    other.log_in()
    return other


def me(phone: Phone) -> ApiAnswer:
    return phone.api.get("/v1/citizens/me", token=phone.token)


def sessions(phone: Phone) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = phone.api.get("/v1/sessions", token=phone.token).json["items"]
    return items


# -- logging in
def test_a_citizen_logs_in_and_is_recognised(phone: Phone) -> None:
    answer = phone.log_in()
    assert answer.status == 201
    assert answer.json["citizen"]["verified"] is False
    assert me(phone).json["id"] == answer.json["citizen"]["id"]


def test_the_same_account_is_the_same_citizen_every_time(phone: Phone) -> None:
    assert phone.log_in().json["citizen"]["id"] == phone.log_in().json["citizen"]["id"]


def test_a_used_auth_code_is_refused(payment_app: PaymentApp, api: Api, cloud: Cloud) -> None:
    payment_app.says("alipay.system.oauth.token", {"code": "40002", "sub_code": "isv.code-invalid"})
    answer = api.post("/v1/sessions", {"authCode": an_auth_code()})
    assert (answer.status, answer.code) == (401, "auth-code-invalid")
    assert cloud.items() == []


def test_a_silent_payment_app_is_a_503_with_a_time_to_retry(api: Api, payment_app: PaymentApp) -> None:
    payment_app.says("alipay.system.oauth.token", {"broken": 502})
    answer = api.post("/v1/sessions", {"authCode": an_auth_code()})
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


def test_a_user_id_is_kept_beside_and_follows_the_apps_word(
    phone: Phone, payment_app: PaymentApp, api: Api, cloud: Cloud
) -> None:
    def log_in(**told: str) -> str:
        payment_app.says("alipay.system.oauth.token", {"open_id": phone.open_id, **told})
        answer = api.post("/v1/sessions", {"authCode": an_auth_code()})
        citizen_id: str = answer.json["citizen"]["id"]
        return citizen_id

    def known() -> list[str | None]:
        return [item.get("user_id", {}).get("S") for item in cloud.items()]

    first = log_in()
    assert known() == [None]
    assert log_in(user_id="2088000000000017") == first
    assert known() == ["2088000000000017"]
    assert log_in(user_id="2088000000000018") == first
    assert known() == ["2088000000000018"]
    assert log_in() == first
    assert known() == ["2088000000000018"]


def test_the_eleventh_login_ends_the_oldest(phone: Phone, clock: HeldClock) -> None:
    devices = []
    for _ in range(11):
        devices.append(other_device(phone))
        clock.turn(seconds=1)
    assert [me(each).code for each in devices] == ["session-ended", *[None] * 10]
    assert len(sessions(devices[-1])) == 10


def test_eleven_logins_within_one_second_end_none_that_was_just_opened(phone: Phone) -> None:
    for _ in range(15):
        assert me(other_device(phone)).status == 200
    assert len(sessions(other_device(phone))) == 10


def test_a_login_clears_away_the_sessions_that_are_over(phone: Phone, clock: HeldClock, cloud: Cloud) -> None:
    phone.log_in()
    clock.turn(days=31)
    phone.log_in()
    (account,) = cloud.items()
    assert len(account["sessions"]["M"]) == 1


# -- what a token is worth
def test_a_token_ends_after_half_an_hour(phone: Phone, clock: HeldClock) -> None:
    phone.log_in()
    clock.turn(minutes=29)
    assert me(phone).status == 200
    clock.turn(minutes=1)
    assert me(phone).code == "token-expired"


def test_any_changed_character_of_a_token_is_refused(phone: Phone, api: Api) -> None:
    phone.log_in()
    for place in range(0, len(phone.token) - 1, 7):
        other = "A" if phone.token[place] != "A" else "B"
        changed = phone.token[:place] + other + phone.token[place + 1 :]
        assert api.get("/v1/citizens/me", token=changed).status == 401


# -- going on
def test_a_refresh_goes_on_where_the_access_token_ended(phone: Phone, clock: HeldClock) -> None:
    login = phone.log_in().json
    clock.turn(minutes=45)
    assert me(phone).code == "token-expired"
    answer = phone.refresh()
    assert answer.status == 200
    assert me(phone).status == 200
    assert answer.json["citizen"] == login["citizen"]
    assert answer.json["refreshToken"] != login["refreshToken"]
    assert answer.json["refreshExpiresAt"] == login["refreshExpiresAt"]
    assert len(sessions(phone)) == 1


def test_a_lost_answer_is_given_again(phone: Phone, clock: HeldClock) -> None:
    old = phone.log_in().json["refreshToken"]
    first = phone.refresh(old).json
    for _ in range(2):
        clock.turn(seconds=30)
        again = phone.refresh(old).json
        assert {**again, "accessToken": ""} == {**first, "accessToken": ""}
        assert me(phone).status == 200
    assert phone.refresh().status == 200


def test_an_answer_lost_for_longer_than_a_minute_ends_the_session(phone: Phone, clock: HeldClock) -> None:
    old = phone.log_in().json["refreshToken"]
    phone.refresh(old)
    clock.turn(seconds=61)
    answer = phone.refresh(old)
    assert (answer.status, answer.code) == (401, "refresh-token-reused")
    assert me(phone).code == "session-ended"
    assert phone.refresh().code == "session-ended"
    assert phone.refresh(old).code == "session-ended"


def test_a_stolen_refresh_token_ends_the_session_for_thief_and_owner_and_the_owner_is_told(
    phone: Phone, cloud: Cloud, api: Api, log_lines: Callable[[], str]
) -> None:
    stolen = phone.log_in().json["refreshToken"]
    phone.refresh()
    phone.refresh()
    thief = Phone(api, phone.payment_app)
    assert thief.refresh(stolen).code == "refresh-token-reused"
    assert me(phone).code == "session-ended"
    assert "RefreshTokenReused" in log_lines()
    cloud.settle()
    fresh = other_device(phone)
    (notice,) = api.get("/v1/notices", token=fresh.token).json["items"]
    assert notice["kind"] == "session-reused"


def test_another_session_lives_on_when_one_was_stolen(phone: Phone) -> None:
    other = other_device(phone)
    stolen = phone.log_in().json["refreshToken"]
    phone.refresh()
    phone.refresh()
    phone.refresh(stolen)
    assert me(other).status == 200
    assert other.refresh().status == 200


def test_two_refreshes_at_once_end_alike(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes in where the first is about to write; whoever is first, both are given the same."""
    old = phone.log_in().json["refreshToken"]
    inner: list[ApiAnswer] = []
    real = Table.update

    def update(table: Table, *told: Any, **named: Any) -> Any:
        write = real(table, *told, **named)
        if not inner:
            inner.append(ApiAnswer(0, {}, b""))
            inner[0] = phone.api.post("/v1/sessions/refresh", {"refreshToken": old})
        return write

    monkeypatch.setattr(Table, "update", update)
    outer = phone.refresh(old)
    assert (outer.status, inner[0].status) == (200, 200)
    assert outer.json["refreshToken"] == inner[0].json["refreshToken"]
    assert phone.refresh().status == 200


def test_thirty_days_after_login_a_session_is_over_however_often_it_was_refreshed(
    phone: Phone, clock: HeldClock
) -> None:
    login = phone.log_in().json
    for _ in range(29):
        clock.turn(days=1)
        assert phone.refresh().status == 200
    clock.turn(hours=23, minutes=50)
    last = phone.refresh().json
    assert last["expiresAt"] == last["refreshExpiresAt"] == login["refreshExpiresAt"]
    clock.turn(minutes=9, seconds=59)
    assert me(phone).status == 200
    clock.turn(seconds=1)
    assert me(phone).code == "token-expired"
    assert phone.refresh().code == "session-ended"


# -- refresh tokens
def test_a_refresh_token_of_nobodys_is_refused(phone: Phone) -> None:
    phone.log_in()
    own = phone.refresh_token
    changed = [own[:at] + ("A" if own[at] != "A" else "B") + own[at + 1 :] for at in range(len(own))]
    for garbage in ["x", own[:-1], own + "A", own + "=", own[::-1], phone.token[:200], "é" * 91, *changed]:
        answer = phone.refresh(garbage)
        assert (answer.status, answer.code) == (401, "refresh-token-invalid"), garbage
    assert phone.refresh(own).status == 200


def test_another_spelling_of_the_same_bytes_is_refused(phone: Phone) -> None:
    """91 characters of base64 have two bits to spare; whoever changes them has not read an answer of ours."""
    phone.log_in()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(phone.refresh_token[-1])
    assert phone.refresh(phone.refresh_token[:-1] + alphabet[last ^ 1]).code == "refresh-token-invalid"


def test_a_generation_that_was_never_reached_is_refused_and_ends_nothing(phone: Phone) -> None:
    phone.log_in()
    book = RefreshTokens(wiring.code_mac())
    said = book.read(phone.refresh_token)
    ahead = book.write(said.model_copy(update={"generation": said.generation + 1}))
    assert phone.refresh(ahead).code == "refresh-token-invalid"
    assert phone.refresh().status == 200


def test_a_refresh_token_of_no_account_is_a_session_that_ended(phone: Phone) -> None:
    phone.log_in()
    said = RefreshTokens(wiring.code_mac()).read(phone.refresh_token)
    nobody = said.model_copy(update={"citizen_id": "ctz_" + "0" * 26})
    token = RefreshTokens(wiring.code_mac()).write(nobody)
    assert phone.refresh(token).code == "session-ended"


def test_a_refresh_token_says_one_thing_in_one_way(cloud: Cloud) -> None:
    book = RefreshTokens(wiring.code_mac())
    said = Refresh(citizen_id="ctz_" + "7" + "Z" * 25, session_id="ses_" + "0" * 26, generation=2**32 - 1)
    assert book.read(book.write(said)) == said
    assert book.write(said) == book.write(said)
    with pytest.raises(RefreshTokenInvalid):
        RefreshTokens(wiring.identity_mac()).read(book.write(said))


def test_no_token_is_stored_or_logged(phone: Phone, cloud: Cloud, log_lines: Callable[[], str]) -> None:
    secrets = [*phone.log_in().json.values()]
    for _ in range(3):
        secrets += [*phone.refresh().json.values()]
    phone.refresh(secrets[2])  # stolen
    logged_event("to be sure that the log is read")
    told = log_lines()
    assert "to be sure" in told
    stored = str(cloud.items())
    for secret in {each for each in secrets if isinstance(each, str) and len(each) > 40}:
        assert secret not in told
        assert secret not in stored
        assert secret.rpartition(".")[2] not in stored


# -- seeing and ending
def test_my_sessions_are_listed_newest_first_and_mine_is_marked(phone: Phone, clock: HeldClock) -> None:
    phone.log_in()
    clock.turn(minutes=10)
    other = other_device(phone)
    clock.turn(minutes=10)
    phone.refresh()
    listed = sessions(other)
    assert [each["current"] for each in listed] == [True, False]
    newest, oldest = listed
    assert newest["openedAt"] == newest["refreshedAt"] > oldest["openedAt"]
    assert oldest["refreshedAt"] > newest["openedAt"]
    assert [each["current"] for each in sessions(phone)] == [False, True]
    assert me(phone).json["sessions"] == 2


def _logged_out_here(phone: Phone, _: Phone) -> ApiAnswer:
    return phone.api.call("DELETE", "/v1/sessions/current", token=phone.token)


def _logged_out_elsewhere(phone: Phone, other: Phone) -> ApiAnswer:
    (theirs,) = (each["id"] for each in sessions(other) if not each["current"])
    return other.api.call("DELETE", f"/v1/sessions/{theirs}", token=other.token)


def _logged_out_everywhere(_: Phone, other: Phone) -> ApiAnswer:
    return other.api.call("DELETE", "/v1/sessions", token=other.token)


@pytest.mark.parametrize("end", [_logged_out_here, _logged_out_elsewhere, _logged_out_everywhere])
def test_a_stolen_access_token_opens_no_route_after_logout(
    phone: Phone, end: Callable[[Phone, Phone], ApiAnswer]
) -> None:
    phone.log_in()
    other = other_device(phone)
    answer = end(phone, other)
    assert (answer.status, answer.body) == (204, b"")
    for operation in CITIZENS_ROUTES:
        path = re.sub(r"{\w+}", "x", operation.path)
        refused = phone.api.call(operation.method, path, {}, token=phone.token)
        assert (refused.status, refused.code) == (401, "session-ended"), path
    assert phone.refresh().code == "session-ended"
    expected = "session-ended" if end is _logged_out_everywhere else None
    assert me(other).code == expected


def test_a_kept_answer_is_not_given_again_after_logout(phone: Phone, api: Api) -> None:
    phone.log_in()
    headers = {"idempotency-key": "key-00001"}
    phone.payment_app.says("alipay.user.certify.open.initialize", {"certify_id": an_auth_code()})
    body = {"realName": phone.name, "idNumber": phone.number, "purpose": "identity"}
    first = api.post("/v1/face-verifications", body, token=phone.token, headers=headers)
    again = api.post("/v1/face-verifications", body, token=phone.token, headers=headers)
    assert again.json == first.json
    _logged_out_here(phone, phone)
    after = api.post("/v1/face-verifications", body, token=phone.token, headers=headers)
    assert after.code == "session-ended"


@pytest.mark.parametrize("which", ["ses_01JAPHARMACY0000000000000A", "a.b", "x", "%23", "CURRENT"])
def test_ending_a_session_that_is_none_of_mine_changes_nothing(
    phone: Phone, which: str, cloud: Cloud
) -> None:
    phone.log_in()
    before = cloud.items()
    assert phone.api.call("DELETE", f"/v1/sessions/{which}", token=phone.token).status == 204
    assert cloud.items() == before


def test_nobody_ends_somebody_elses_session(phone: Phone, api: Api, payment_app: PaymentApp) -> None:
    phone.log_in()
    stranger = Phone(api, payment_app)
    stranger.log_in()
    (mine,) = sessions(phone)
    api.call("DELETE", f"/v1/sessions/{mine['id']}", token=stranger.token)
    api.call("DELETE", "/v1/sessions", token=stranger.token)
    assert me(phone).status == 200


def test_logging_out_twice_is_logging_out(phone: Phone) -> None:
    phone.log_in()
    other = other_device(phone)
    answers = [_logged_out_elsewhere(phone, other)]
    (theirs,) = (each["id"] for each in sessions(other))
    answers.append(other.api.call("DELETE", f"/v1/sessions/{theirs}", token=other.token))
    assert [each.status for each in answers] == [204, 204]
    assert me(other).code == "session-ended"


# -- what I have
def test_the_profile_tells_what_i_carry(phone: Phone) -> None:
    citizen_id = phone.log_in().json["citizen"]["id"]
    assert me(phone).json["cards"] == []
    own = WalletEntry(reference="0" * 16, role=Role.OWN, status="bound", level=1, holder="张*")
    commit(wiring.wallets().carry(citizen_id, "card_01JAPHARMACY0000000000000A", own))
    profile = me(phone).json
    assert profile["cards"] == [
        {
            "id": "card_01JAPHARMACY0000000000000A",
            "role": "own",
            "status": "bound",
            "level": 1,
            "holder": "张*",
        }
    ]
    assert (profile["verified"], profile["sessions"]) == (False, 1)
