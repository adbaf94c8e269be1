"""Messages to citizens: written once, listed newest first, for nobody else."""

import json
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.notices.errors import NoticeKindUnknown
from chalicelib.notices.service import texts
from chalicelib.platform import outbox
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp

KINDS = [
    "appointment-booked",
    "appointment-cancelled",
    "payment-partly-refunded",
    "payment-refunded",
    "certificate-issued",
    "certificate-rejected",
    "card-bound",
]


def told(citizen: str, kind: str = "card-bound", about: str = "card_1", version: int = 1) -> dict[str, Any]:
    body: dict[str, Any] = outbox.message(
        "notices", "notice.send", about, version, citizen=citizen, kind=kind
    )["body"]
    return body


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock) -> Phone:
    phone = Phone(api, payment_app)
    phone.log_in()
    return phone


def own_id(api: Api, phone: Phone) -> str:
    citizen_id: str = api.get("/v1/citizens/me", token=phone.token).json["id"]
    return citizen_id


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words_in_both_languages(kind: str) -> None:
    text = texts()[kind]
    for words in (text.title, text.body):
        assert any("\u4e00" <= character <= "\u9fff" for character in words.zh)
        assert words.en.isprintable()
        assert words.en.encode().decode("utf-8").strip() == words.en


def test_a_notice_is_written_and_listed(api: Api, phone: Phone, clock: HeldClock) -> None:
    wiring.notices().send(told(own_id(api, phone)))
    (notice,) = api.get("/v1/notices", token=phone.token).json["items"]
    assert notice["kind"] == "card-bound"
    assert notice["about"] == "card_1"
    assert notice["title"] == {"zh": "电子社保卡已绑定", "en": "Card bound"}
    assert notice["createdAt"].endswith("Z")


def test_the_same_message_twice_is_one_notice(api: Api, phone: Phone, clock: HeldClock) -> None:
    message = told(own_id(api, phone))
    wiring.notices().send(message)
    clock.turn(minutes=5)
    wiring.notices().send(json.loads(json.dumps(message)))
    assert len(api.get("/v1/notices", token=phone.token).json["items"]) == 1


def test_notices_come_newest_first_page_by_page(api: Api, phone: Phone, clock: HeldClock) -> None:
    citizen = own_id(api, phone)
    for number in range(5):
        wiring.notices().send(told(citizen, about=f"apt_{number}"))
        clock.turn(seconds=1)
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/v1/notices?limit=2{cursor}", token=phone.token).json
        seen += [each["about"] for each in page["items"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == ["apt_4", "apt_3", "apt_2", "apt_1", "apt_0"]


def test_somebody_elses_cursor_is_refused(
    api: Api, phone: Phone, payment_app: PaymentApp, clock: HeldClock
) -> None:
    for number in range(2):
        wiring.notices().send(told(own_id(api, phone), about=f"apt_{number}"))
    cursor = api.get("/v1/notices?limit=1", token=phone.token).json["cursor"]
    other = Phone(api, payment_app)
    other.log_in()
    answer = api.get(f"/v1/notices?cursor={cursor}", token=other.token)
    assert (answer.status, answer.code) == (422, "payload-invalid")
    assert api.get("/v1/notices", token=other.token).json["items"] == []


def test_a_kind_without_words_is_refused_for_good(cloud: Cloud, clock: HeldClock) -> None:
    with pytest.raises(NoticeKindUnknown):
        wiring.notices().send(told("ctz_1", kind="weather"))
    assert cloud.items() == []


def test_no_notice_without_a_session(api: Api) -> None:
    assert api.get("/v1/notices").status == 401
