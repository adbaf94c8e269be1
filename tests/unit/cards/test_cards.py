"""Binding and showing, through the API."""

from tests.api import Api
from tests.citizens import Phone
from tests.fakes import Department, PaymentApp, World


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
