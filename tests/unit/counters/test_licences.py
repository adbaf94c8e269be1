"""A card shown to be looked at: masked, with a watermark that answers for a minute, as no picture of it does."""

import json
import re
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.model.licence import in_halves, plain
from chalicelib.types import CHINA, rfc3339
from tests.api import Api, ApiAnswer
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.families import Relative, by_own_face


@pytest.fixture
def card(phone: Phone) -> dict[str, Any]:
    return phone.card()


def show(phone: Phone, card_id: str) -> ApiAnswer:
    return phone.api.post("/v1/licences", {"cardId": card_id}, token=phone.token)


def check(api: Api, nonce: str) -> ApiAnswer:
    return api.get(f"/v1/licences/{nonce}")


def shown(phone: Phone, card: dict[str, Any]) -> str:
    nonce: str = show(phone, card["id"]).json["watermark"]["nonce"]
    return nonce


def test_the_face_is_masked_and_says_until_when_it_is_good(
    phone: Phone, card: dict[str, Any], clock: HeldClock
) -> None:
    answer = show(phone, card["id"])
    assert answer.status == 201
    face = dict(answer.json)
    watermark = face.pop("watermark")
    assert face == {
        "holder": "张*",
        "numberMasked": card["numberMasked"],
        "idNumberMasked": card["idNumberMasked"],
        "region": "330100",
        "level": 1,
        "status": "bound",
        "issuer": {
            "zh": "中华人民共和国人力资源和社会保障部",
            "en": "Ministry of Human Resources and Social Security of the People's Republic of China",
        },
        "shownAt": rfc3339(clock()),
        "validUntil": rfc3339(clock.turn(seconds=60)),
    }
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", watermark["nonce"])


def test_the_watermark_names_the_moment_and_the_nonce_in_both_languages(
    phone: Phone, card: dict[str, Any], clock: HeldClock
) -> None:
    watermark = show(phone, card["id"]).json["watermark"]
    at = f"{clock().astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    assert watermark["text"] == {
        "zh": f"仅供现场查验 {at} {watermark['nonce']}",
        "en": f"For checking on the spot only, {at} Beijing time, {watermark['nonce']}",
    }


def test_whoever_looks_sees_the_same_face_without_a_login(
    api: Api, phone: Phone, card: dict[str, Any]
) -> None:
    first = show(phone, card["id"])
    answer = check(api, first.json["watermark"]["nonce"])
    assert answer.status == 200
    assert answer.json == first.json
    assert answer.headers["cache-control"] == "no-store"


def test_it_answers_for_a_minute(api: Api, phone: Phone, card: dict[str, Any], clock: HeldClock) -> None:
    nonce = shown(phone, card)
    clock.turn(seconds=59)
    assert check(api, nonce).status == 200
    clock.turn(seconds=1)
    answer = check(api, nonce)
    assert (answer.status, answer.code) == (404, "licence-unknown")


def test_every_look_has_a_nonce_of_its_own(api: Api, phone: Phone, card: dict[str, Any]) -> None:
    nonces = {shown(phone, card) for _ in range(5)}
    assert len(nonces) == 5
    assert {check(api, each).status for each in nonces} == {200}


def test_a_nonce_may_be_typed_as_the_eye_read_it(api: Api, phone: Phone, card: dict[str, Any]) -> None:
    nonce = shown(phone, card)
    misread = nonce.replace("0", "O").replace("1", "l").lower()
    for typed in (nonce.replace("-", ""), nonce.lower(), misread):
        assert check(api, typed).json["watermark"]["nonce"] == nonce


@pytest.mark.parametrize("typed", ["KKKKK-KKKKK", "K", "KKKKKKKKKKK", "%20", "张"])
def test_what_nobody_shows_is_unknown(api: Api, cloud: Cloud, typed: str) -> None:
    answer = check(api, typed)
    assert (answer.status, answer.code) == (404, "licence-unknown")


def test_a_card_taken_out_of_use_is_shown_no_more(api: Api, phone: Phone, card: dict[str, Any]) -> None:
    nonce = shown(phone, card)
    api.post(f"/v1/cards/{card['id']}/suspend", {"reason": "lost"}, token=phone.token)
    assert check(api, nonce).code == "licence-unknown"
    answer = show(phone, card["id"])
    assert (answer.status, answer.code) == (409, "card-suspended")


def test_nobody_shows_anothers_card(phone: Phone, other: Phone, card: dict[str, Any]) -> None:
    other.log_in()
    assert show(other, card["id"]).code == "card-not-found"


def test_an_agent_shows_a_relatives_card_while_the_mandate_stands(
    api: Api, phone: Phone, card: dict[str, Any], elder: Relative
) -> None:
    mandate = by_own_face(phone, elder).json["id"]
    carried = api.post("/v1/cards", {"mandateId": mandate}, token=phone.token).json
    answer = show(phone, carried["id"])
    assert (answer.status, answer.json["holder"]) == (201, "王*")
    nonce = answer.json["watermark"]["nonce"]
    assert check(api, nonce).json["holder"] == "王*"
    api.call("DELETE", f"/v1/mandates/{mandate}", token=phone.token)
    assert show(phone, carried["id"]).code in {"card-not-found", "mandate-ended"}
    assert check(api, nonce).code == "licence-unknown"


def test_the_nonce_is_not_kept_and_what_is_kept_goes_by_itself(
    phone: Phone, card: dict[str, Any], cloud: Cloud, clock: HeldClock, log_lines: Any
) -> None:
    nonce = shown(phone, card)
    (item,) = [each for each in cloud.items() if each["sk"]["S"] == "LICENCE"]
    assert int(item["expires_at"]["N"]) == int(clock().timestamp()) + 60
    digits = nonce.replace("-", "")
    hidden = wiring.code_mac().hidden("licence", digits)
    assert item["pk"]["S"] == f"LICENCE#{hidden}"
    written = f"{json.dumps(item)}{log_lines()}"
    assert nonce not in written
    assert digits not in written


def test_halves_join() -> None:
    assert in_halves("K7QM2F9XA3") == "K7QM2-F9XA3"
    assert plain("k7qm2-f9xa3") == "K7QM2F9XA3"
    assert [plain(each) for each in ("", "K7QM2-F9XA", "K7QM2-F9XA3K", "U7QM2-F9XA3")] == [None] * 4
