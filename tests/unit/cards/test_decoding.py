"""Decoding codes, through the API: once, by whom, for what, and what the answer holds."""

import json
import string
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from chalicelib import wiring
from chalicelib.cards.codes import CodeBooks
from chalicelib.cards.model.decoding import ERRANDS, BusinessType
from chalicelib.institutions.model import Kind, Registration
from tests.api import Api, ApiAnswer
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import DECODE, scan

_ALPHABET = string.digits + string.ascii_uppercase + " $%*+-./:"
_ANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
Show = Callable[[], str]


@pytest.fixture
def show(api: Api, phone: Phone) -> Show:
    """A fresh code of the phone's card."""
    card_id = phone.card()["id"]

    def fresh() -> str:
        code: str = api.post(f"/v1/cards/{card_id}/codes", token=phone.token).json["code"]
        return code

    return fresh


def told(answer: ApiAnswer) -> set[str]:
    return {name for name, value in answer.json["attributes"].items() if value is not None}


# -- once
def test_a_code_is_decoded_once(api: Api, pharmacy: Party, clock: HeldClock, show: Show) -> None:
    code = show()
    assert scan(api, pharmacy, clock, code).status == 200
    again = scan(api, pharmacy, clock, code)
    assert (again.status, again.code) == (409, "code-used")


def test_a_terminal_that_lost_its_answer_asks_again_and_gets_the_same_presence(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code = show()
    first = scan(api, pharmacy, clock, code, key="one-request-key")
    clock.turn(seconds=7)
    again = scan(api, pharmacy, clock, code, key="one-request-key")
    assert (first.status, again.status) == (200, 200)
    assert claims(again) == claims(first)
    assert {**again.json, "presenceToken": 0} == {**first.json, "presenceToken": 0, "expiresIn": 593}
    assert scan(api, pharmacy, clock, code, key="another-request").code == "code-used"


def test_the_same_key_with_another_question_is_no_repetition(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code = show()
    scan(api, pharmacy, clock, code, key="one-request-key")
    assert scan(api, pharmacy, clock, code, "01301", key="one-request-key").code == "code-used"


def test_an_exact_copy_of_a_terminals_request_is_a_replay(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code, copied = show(), {"key": "one-request-key", "nonce": "0123456789abcdef01"}
    assert scan(api, pharmacy, clock, code, **copied).status == 200
    assert scan(api, pharmacy, clock, code, **copied).code == "signature-replayed"


def test_an_exact_copy_of_its_repetition_is_a_replay_too(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code, copied = show(), {"key": "one-request-key", "nonce": "0123456789abcdef02"}
    scan(api, pharmacy, clock, code, key="one-request-key", nonce="0123456789abcdef01")
    assert scan(api, pharmacy, clock, code, **copied).status == 200
    assert scan(api, pharmacy, clock, code, **copied).code == "signature-replayed"
    assert scan(api, pharmacy, clock, code, key="one-request-key").status == 200


def test_another_institution_cannot_use_the_first_ones_key(
    api: Api, pharmacy: Party, hospital: Party, clock: HeldClock, show: Show
) -> None:
    code = show()
    scan(api, pharmacy, clock, code, key="one-request-key")
    assert scan(api, hospital, clock, code, key="one-request-key").code == "code-used"


def test_a_code_that_comes_again_is_counted_and_tells_nothing_of_its_holder(
    api: Api,
    pharmacy: Party,
    hospital: Party,
    clock: HeldClock,
    show: Show,
    phone: Phone,
    log_lines: Callable[[], str],
) -> None:
    code = show()
    scan(api, pharmacy, clock, code)
    log_lines()
    scan(api, hospital, clock, code)
    lines = [json.loads(line) for line in log_lines().splitlines()]
    (signal,) = [line for line in lines if line.get("message") == "code.reused"]
    assert (signal["institution"], signal["first"]) == (hospital.id, pharmacy.id)
    (measured,) = [line for line in lines if "CodeReused" in line]
    assert measured["institution"] == hospital.id
    text = json.dumps(lines, ensure_ascii=False)
    assert [secret for secret in (code, phone.number, phone.name) if secret in text] == []


# -- when
def test_a_code_is_good_across_midnight_either_way(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    clock.now = clock.now.replace(hour=23, minute=59, second=50) + timedelta(days=1)
    phone.log_in()
    code = show()
    clock.turn(seconds=20)
    assert scan(api, pharmacy, clock, code).status == 200
    ahead = show()
    clock.turn(seconds=-20)
    assert scan(api, pharmacy, clock, ahead).status == 200


def test_a_code_ends_after_a_minute_and_yesterdays_is_stale(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code = show()
    clock.turn(seconds=60)
    assert scan(api, pharmacy, clock, code).code == "code-expired"
    clock.turn(days=1)
    late = scan(api, pharmacy, clock, code)
    assert (late.status, late.code) == (410, "code-expired")


# -- what the answer holds
@pytest.mark.parametrize("business_type", list(BusinessType))
def test_the_answer_holds_exactly_what_the_business_type_needs(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, phone: Phone, business_type: BusinessType
) -> None:
    answer = scan(api, pharmacy, clock, show(), business_type)
    assert answer.status == 200
    assert told(answer) == set(ERRANDS[business_type].attributes)
    assert ("idNumber" in told(answer)) == (business_type in {"01301", "02121"})
    assert (phone.number in answer.body.decode()) == (business_type in {"01301", "02121"})
    assert (phone.name in answer.body.decode()) == (
        business_type in {"01301", "02121", "01101", "01102", "01103"}
    )
    assert answer.json["attributes"]["holder"] == "张*"


def test_a_decode_must_say_why(api: Api, pharmacy: Party, clock: HeldClock, show: Show) -> None:
    refused = scan(api, pharmacy, clock, show(), "99999")
    assert (refused.status, refused.code) == (422, "payload-invalid")


def claims(answer: ApiAnswer) -> dict[str, object]:
    """The presence token's claims, checked by a library with our published key."""
    key = ECKey.import_key(wiring.tokens().signer.jwk)  # type: ignore[arg-type]
    decoded = jwt.decode(answer.json["presenceToken"], key)
    assert decoded.header["typ"] == "presence+jwt"
    return decoded.claims


def test_a_presence_token_says_who_met_whom_where_and_how(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    answer = scan(api, pharmacy, clock, show(), "02121")
    read = claims(answer)
    now = int(clock().timestamp())
    assert (read["aud"], read["sub"]) == (pharmacy.id, answer.json["card"]["pseudonym"])
    assert (read["iat"], read["exp"], answer.json["expiresIn"]) == (now, now + 600, 600)
    assert (read["terminal"], read["business_type"], read["amr"]) == ("dev-1", "02121", ["qr"])
    assert str(read["jti"]).startswith("prs_")
    assert read["iss"] == "http://127.0.0.1:8470"


def test_two_institutions_know_a_person_by_two_names(
    api: Api, pharmacy: Party, hospital: Party, clock: HeldClock, show: Show
) -> None:
    names = [
        scan(api, party, clock, show()).json["card"]["pseudonym"] for party in (pharmacy, hospital, pharmacy)
    ]
    assert names[0] == names[2] != names[1]


# -- who asks
def test_an_unsigned_or_changed_request_decodes_nothing(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code = show()
    assert api.post(DECODE, {"code": code}).code == "signature-missing"
    assert scan(api, Party(pharmacy.id), clock, code).code == "signature-invalid"
    assert scan(api, pharmacy, clock, code).status == 200


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_terminal_whose_clock_is_ten_minutes_off_is_told_so(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, minutes: int
) -> None:
    code = show()
    off = (clock() + timedelta(minutes=minutes)).timestamp()
    refused = scan(api, pharmacy, clock, code, now=off)
    assert (refused.status, refused.code) == (401, "signature-stale")
    assert scan(api, pharmacy, clock, code).status == 200


def test_a_withdrawn_key_decodes_nothing_a_minute_later(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    assert scan(api, pharmacy, clock, show()).status == 200
    other = Party(pharmacy.id, key_name="k2")
    wiring.institutions().register(
        Registration(
            id=pharmacy.id, kind=Kind.PHARMACY, name="药房", endpoint=None, keys={"k2": other.public_key}
        )
    )
    clock.turn(seconds=61)
    refused = scan(api, pharmacy, clock, show())
    assert (refused.status, refused.code) == (401, "key-unknown")
    assert scan(api, other, clock, show()).status == 200


# -- whose card
def test_a_code_is_void_from_the_second_in_which_its_card_is_suspended(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, phone: Phone
) -> None:
    code = show()
    card_id = api.get("/v1/cards", token=phone.token).json["items"][0]["id"]
    assert api.post(f"/v1/cards/{card_id}/suspend", {}, token=phone.token).status == 200
    refused = scan(api, pharmacy, clock, code)
    assert (refused.status, refused.code) == (409, "card-suspended")
    minted = api.post(f"/v1/cards/{card_id}/codes", token=phone.token)
    assert (minted.status, minted.code) == (409, "card-suspended")


def test_any_single_changed_character_is_refused(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show
) -> None:
    code = show()

    @_ANY
    @given(place=st.integers(0, 39), other=st.sampled_from(_ALPHABET))
    def refused(place: int, other: str) -> None:
        changed = code[:place] + other + code[place + 1 :]
        if changed != code:
            answer = scan(api, pharmacy, clock, changed)
            assert (answer.status, answer.code) == (422, "code-invalid")

    refused()
    assert scan(api, pharmacy, clock, code).status == 200


@pytest.mark.parametrize("trim", [str.strip, str.lower, lambda code: code + " ", lambda code: code[:-1]])
def test_a_code_has_one_form(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, trim: Callable[[str], str]
) -> None:
    code = show()
    changed = trim(code)
    if changed != code:
        assert scan(api, pharmacy, clock, changed).code == "code-invalid"


def test_a_code_of_a_card_that_never_was_is_no_code(
    api: Api, pharmacy: Party, clock: HeldClock, cloud: Cloud
) -> None:
    stray = CodeBooks(wiring.code_mac()).mint("0123456789ABCDEF", clock())
    assert scan(api, pharmacy, clock, stray).code == "code-invalid"


# -- how much it costs
def test_a_decode_is_one_read_and_one_write_and_garbage_costs_neither(
    api: Api, pharmacy: Party, clock: HeldClock, show: Show, calls: list[str]
) -> None:
    code = show()
    del calls[:]
    scan(api, pharmacy, clock, code)
    assert calls == ["GetItem", "GetItem", "PutItem"]  # the first: who the institution is, for a minute
    code = show()
    del calls[:]
    scan(api, pharmacy, clock, code)
    assert calls == ["GetItem", "PutItem"]
    del calls[:]
    scan(api, pharmacy, clock, code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert calls == []


def test_showing_a_code_reads_the_account_and_writes_nothing(show: Show, calls: list[str]) -> None:
    del calls[:]
    show()
    assert calls == ["GetItem"]
