"""Binding, showing and decoding, through the API."""

import pytest

from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Department, Party, PaymentApp, World
from tests.parties import DECODE, HOSPITAL, INSURED, PHARMACY, a_department, a_party, scan


@pytest.fixture
def bureau(world: World, cloud: Cloud) -> Department:
    return a_department("social-security", world)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock, bureau: Department) -> Phone:
    insured = Phone(api, payment_app)
    bureau.facts[insured.number] = INSURED
    bureau.names[insured.number] = insured.name
    return insured


@pytest.fixture
def pharmacy(cloud: Cloud) -> Party:
    return a_party(PHARMACY)


def show(api: Api, phone: Phone, card_id: str) -> str:
    code: str = api.post(f"/v1/cards/{card_id}/codes", token=phone.token).json["code"]
    return code


def test_a_face_binds_the_card_and_the_card_is_listed(phone: Phone, api: Api) -> None:
    bound = phone.bind()
    assert bound.status == 201
    assert bound.json["status"] == "bound"
    assert bound.json["holder"] == "张*"
    assert [card["id"] for card in api.get("/v1/cards", token=phone.token).json["items"]] == [
        bound.json["id"]
    ]
    assert api.get("/v1/citizens/me", token=phone.token).json["verified"] is True


def test_the_same_verification_binds_the_same_card_again(phone: Phone, api: Api) -> None:
    verification_id = phone.verified()
    first = api.post("/v1/cards", {"verificationId": verification_id}, token=phone.token)
    again = api.post("/v1/cards", {"verificationId": verification_id}, token=phone.token)
    assert (again.status, again.json["id"]) == (201, first.json["id"])


def test_one_person_has_one_card_however_many_accounts(
    phone: Phone, api: Api, payment_app: PaymentApp
) -> None:
    phone.bind()
    assert phone.bind().code == "card-already-bound"
    other_account = Phone(api, payment_app, number=phone.number)
    assert other_account.bind().code == "card-already-bound"


def test_a_person_who_is_not_insured_gets_nothing(phone: Phone, bureau: Department, api: Api) -> None:
    bureau.facts.clear()
    answer = phone.bind()
    assert (answer.status, answer.code) == (404, "person-not-insured")
    assert api.get("/v1/cards", token=phone.token).json["items"] == []


def test_a_name_that_does_not_belong_to_the_number_binds_nothing(phone: Phone) -> None:
    phone.name = "李四"
    assert phone.bind().code == "identity-mismatch"


def test_a_department_that_is_down_leaves_nothing_behind(phone: Phone, bureau: Department, api: Api) -> None:
    verification_id = phone.verified()
    bureau.down = True
    answer = api.post("/v1/cards", {"verificationId": verification_id}, token=phone.token)
    assert (answer.status, answer.code) == (503, "department-unavailable")
    bureau.down = False
    assert api.post("/v1/cards", {"verificationId": verification_id}, token=phone.token).status == 201


def test_an_answer_signed_by_another_key_is_not_believed(
    phone: Phone, bureau: Department, world: World
) -> None:
    bureau.key = Department("liar", world).key
    assert phone.bind().code == "department-answer-invalid"


def test_somebody_elses_card_does_not_exist(phone: Phone, api: Api, payment_app: PaymentApp) -> None:
    card = phone.card()
    stranger = Phone(api, payment_app)
    stranger.log_in()
    assert api.get(f"/v1/cards/{card['id']}", token=stranger.token).code == "card-not-found"
    assert api.post(f"/v1/cards/{card['id']}/codes", token=stranger.token).code == "card-not-found"


def test_a_code_is_decoded_once(phone: Phone, api: Api, pharmacy: Party, clock: HeldClock) -> None:
    code = show(api, phone, phone.card()["id"])
    first = scan(api, pharmacy, clock, code)
    assert first.status == 200
    assert first.json["attributes"] == {"holder": "张*", "realName": None, "idNumber": None}
    assert scan(api, pharmacy, clock, code).code == "code-used"


def test_a_terminal_that_lost_its_answer_asks_again_with_the_same_key(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock
) -> None:
    code = show(api, phone, phone.card()["id"])
    first = scan(api, pharmacy, clock, code, key="one-request-key")
    again = scan(api, pharmacy, clock, code, key="one-request-key")
    assert (first.status, again.status) == (200, 200)
    assert again.json["card"] == first.json["card"]
    assert scan(api, pharmacy, clock, code, key="another-request").code == "code-used"


def test_an_exact_copy_of_a_terminals_request_is_a_replay(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock
) -> None:
    code = show(api, phone, phone.card()["id"])
    copied = {"key": "one-request-key", "nonce": "0123456789abcdef01"}
    assert scan(api, pharmacy, clock, code, **copied).status == 200
    assert scan(api, pharmacy, clock, code, **copied).code == "signature-replayed"


def test_another_institution_cannot_use_the_first_ones_key(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock
) -> None:
    code = show(api, phone, phone.card()["id"])
    scan(api, pharmacy, clock, code, key="one-request-key")
    assert scan(api, a_party(HOSPITAL), clock, code, key="one-request-key").code == "code-used"


def test_a_code_is_good_across_midnight_either_way(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock
) -> None:
    card_id = phone.card()["id"]
    clock.now = clock.now.replace(hour=23, minute=59, second=50)
    phone.log_in()
    code = show(api, phone, card_id)
    clock.turn(seconds=20)
    assert scan(api, pharmacy, clock, code).status == 200
    ahead = show(api, phone, card_id)
    clock.turn(seconds=-20)
    assert scan(api, pharmacy, clock, ahead).status == 200


def test_a_code_ends_after_a_minute_and_yesterdays_is_stale(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock
) -> None:
    code = show(api, phone, phone.card()["id"])
    clock.turn(seconds=60)
    assert scan(api, pharmacy, clock, code).code == "code-expired"
    clock.turn(days=1)
    assert scan(api, pharmacy, clock, code).code == "code-expired"


def test_only_a_settlement_sees_the_number(phone: Phone, api: Api, pharmacy: Party, clock: HeldClock) -> None:
    card_id = phone.card()["id"]
    answer = scan(api, pharmacy, clock, show(api, phone, card_id), business_type="02121")
    assert answer.json["attributes"]["idNumber"] == phone.number


def test_two_institutions_know_a_person_by_two_names(phone: Phone, api: Api, clock: HeldClock) -> None:
    card_id = phone.card()["id"]
    parties = [a_party(PHARMACY), a_party(HOSPITAL)]
    names = {
        scan(api, party, clock, show(api, phone, card_id)).json["card"]["pseudonym"] for party in parties
    }
    assert len(names) == 2


def test_an_unsigned_or_changed_request_decodes_nothing(
    phone: Phone, api: Api, pharmacy: Party, clock: HeldClock
) -> None:
    code = show(api, phone, phone.card()["id"])
    assert api.post(DECODE, {"code": code}).code == "signature-missing"
    liar = Party(pharmacy.id)
    assert scan(api, liar, clock, code).code == "signature-invalid"
    assert scan(api, pharmacy, clock, code).status == 200
