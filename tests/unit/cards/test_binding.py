"""Binding: one person, one live card, wherever it is; each refusal by its own name; safe to repeat."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.errors import CodeExpired
from chalicelib.platform import dynamo
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp
from tests.unit.cards.conftest import OfPerson, kept

Notices = Callable[[Phone], list[str]]


def cards_of(phone: Phone) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = phone.api.get("/v1/cards", token=phone.token).json["items"]
    return items


def bind(phone: Phone, verification_id: str = "", **more: Any) -> ApiAnswer:
    body = {"verificationId": verification_id or phone.verified(), **more}
    return phone.api.post("/v1/cards", body, token=phone.token)


def keys(cloud: Cloud, prefix: str) -> list[str]:
    return [item["pk"]["S"] for item in cloud.items() if item["pk"]["S"].startswith(prefix)]


def test_a_bound_card_says_how_it_stands_and_hides_the_rest(zhang: Phone) -> None:
    card = bind(zhang).json
    assert card["numberMasked"].startswith("A1****")
    told = {name: card[name] for name in ("status", "level", "version", "held", "role", "mandateId")}
    assert told == {
        "status": "bound",
        "level": 1,
        "version": 1,
        "held": None,
        "role": "own",
        "mandateId": None,
    }
    assert card["bankMasked"] is None
    assert cards_of(zhang) == [card]
    assert zhang.api.get(f"/v1/cards/{card['id']}", token=zhang.token).json == card


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"cardStatus": "lost"}, 409, "physical-card-lost"),
        ({"cardStatus": "locked"}, 409, "physical-card-locked"),
        ({"cardStatus": "cancelled"}, 409, "physical-card-cancelled"),
        ({"deceased": True}, 409, "person-deceased"),
        ({"deceased": True, "cardStatus": "cancelled"}, 409, "person-deceased"),
        ({"cardVersion": 0}, 503, "department-answer-invalid"),
        ({"cardStatus": "mislaid"}, 503, "department-answer-invalid"),
    ],
)
def test_what_the_bureau_says_against_it_has_a_name(
    zhang: Phone, social_security: Bureau, cloud: Cloud, told: dict[str, Any], status: int, code: str
) -> None:
    social_security.facts[zhang.number] = {**(social_security.facts[zhang.number] or {}), **told}
    answer = bind(zhang)
    assert (answer.status, answer.code) == (status, code)
    assert keys(cloud, "CARD#") == keys(cloud, "PHYSICAL#") == []
    assert cards_of(zhang) == []


def test_name_and_number_of_two_people_bind_nothing(zhang: Phone) -> None:
    zhang.name = "李四"
    assert bind(zhang).code == "identity-mismatch"


def test_a_body_names_one_way_to_a_card(zhang: Phone) -> None:
    zhang.log_in()
    for body in (
        {},
        {"verificationId": "face_1", "mandateId": "man_1"},
        {"mandateId": "man_1", "move": True},
    ):
        assert zhang.api.post("/v1/cards", body, token=zhang.token).code == "payload-invalid"


def test_an_account_is_one_persons(zhang: Phone, social_security: Bureau) -> None:
    bind(zhang)
    zhang.number, zhang.name = an_identity_number(), "王芳"
    social_security.insures(zhang.name, zhang.number)
    assert bind(zhang).code == "verification-person"


def test_an_account_is_one_persons_also_when_two_come_at_once(
    zhang: Phone, social_security: Bureau, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    first_proof = zhang.verified()
    zhang.name, zhang.number = "王芳", an_identity_number()
    social_security.insures(zhang.name, zhang.number)
    second_proof = zhang.verified()
    apply = dynamo.transact
    came: list[bool] = []

    def overtaken(writes: Any) -> None:
        if not came:
            came.append(True)
            came.append(bind(zhang, second_proof).status == 201)
        apply(writes)

    monkeypatch.setattr("chalicelib.cards.service.binding.transact", overtaken)
    answer = bind(zhang, first_proof)
    assert all(came)
    assert (answer.status, answer.code) == (503, "card-busy")
    assert bind(zhang, first_proof).code == "verification-person"
    assert len(keys(cloud, "CARD#")) == 1


def test_a_repetition_meets_its_own_card_and_asks_nobody(zhang: Phone, social_security: Bureau) -> None:
    verification_id = zhang.verified()
    first = bind(zhang, verification_id)
    social_security.down = True
    again = bind(zhang, verification_id)
    assert (again.status, again.json) == (201, first.json)


def test_a_second_card_in_the_same_account_is_refused(zhang: Phone) -> None:
    first = bind(zhang)
    assert bind(zhang).code == "card-already-bound"
    assert bind(zhang, move=True).json == first.json


@pytest.mark.parametrize("lost", [False, True])
def test_a_process_that_ends_after_any_write_leaves_it_to_be_repeated(
    zhang: Phone, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, *, lost: bool
) -> None:
    """Before the transaction nothing of the card is there, after it all: the answer alone may be lost."""
    verification_id = zhang.verified()
    apply = dynamo.transact

    def torn(writes: Any) -> None:
        if lost:
            apply(writes)
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr("chalicelib.cards.service.binding.transact", torn)
        assert bind(zhang, verification_id).status == 500
    assert len(keys(cloud, "CARD#")) == lost
    answer = bind(zhang, verification_id)
    assert answer.status == 201
    assert keys(cloud, "CARD#") == [f"CARD#{answer.json['id'][-16:]}"]
    assert len(keys(cloud, "PHYSICAL#")) == 1
    assert [card["id"] for card in cards_of(zhang)] == [answer.json["id"]]


@pytest.mark.parametrize(("move", "status"), [(False, 409), (True, 201)])
def test_who_was_first_is_seen_by_who_was_second(
    zhang: Phone,
    second_phone: OfPerson,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    *,
    move: bool,
    status: int,
) -> None:
    """Another account binds the same person after this one looked and before it wrote."""
    other = second_phone(zhang)
    proof, others_proof = zhang.verified(), other.verified()
    apply = dynamo.transact
    came: list[bool] = []

    def overtaken(writes: Any) -> None:
        if not came:
            came.append(True)
            came.append(bind(other, others_proof).status == 201)
        apply(writes)

    monkeypatch.setattr("chalicelib.cards.service.binding.transact", overtaken)
    answer = bind(zhang, proof, move=move)
    assert all(came)
    assert answer.status == status
    assert len(keys(cloud, "CARD#")) == 1
    assert (len(cards_of(zhang)), len(cards_of(other))) == ((1, 0) if move else (0, 1))


# -- another account of the same person
def test_another_account_must_say_that_the_card_shall_move(zhang: Phone, second_phone: OfPerson) -> None:
    bind(zhang)
    assert bind(second_phone(zhang)).code == "card-already-bound"


def test_a_moved_card_leaves_the_old_account_which_is_told(
    zhang: Phone, second_phone: OfPerson, clock: HeldClock, notices: Notices, social_security: Bureau
) -> None:
    first = bind(zhang).json
    other = second_phone(zhang)
    verification_id = other.verified()
    clock.turn(seconds=5)
    social_security.down = True  # the face is proof enough, and the feed keeps the card up to date
    moved = bind(other, verification_id, move=True)
    assert (moved.status, moved.json["id"], moved.json["version"]) == (201, first["id"], 2)
    assert cards_of(zhang) == []
    assert [card["id"] for card in cards_of(other)] == [first["id"]]
    assert zhang.api.get(f"/v1/cards/{first['id']}", token=zhang.token).code == "card-not-found"
    assert notices(zhang) == ["card-bound", "card-moved"]
    assert notices(other) == ["card-bound"]
    assert zhang.api.get("/v1/citizens/me", token=other.token).json["verified"] is True
    again = bind(other, verification_id, move=True)
    assert again.json == moved.json


def test_what_is_true_of_a_card_moves_with_it(zhang: Phone, second_phone: OfPerson) -> None:
    card = bind(zhang).json
    zhang.api.post(f"/v1/cards/{card['id']}/suspend", {}, token=zhang.token)
    moved = bind(second_phone(zhang), move=True).json
    assert (moved["status"], moved["held"]) == ("suspended", "lost")


def test_codes_of_the_old_account_end_with_the_move(
    zhang: Phone, second_phone: OfPerson, clock: HeldClock
) -> None:
    card_id = bind(zhang).json["id"]
    minted_at = int(clock().timestamp())
    assert kept(card_id).refusal_of_code(minted_at) is None
    bind(second_phone(zhang), move=True)
    card = kept(card_id)
    assert isinstance(card.refusal_of_code(minted_at), CodeExpired)
    assert card.refusal_of_code(minted_at + 1) is None


# -- after a card has ended
def unlink(phone: Phone, card_id: str) -> ApiAnswer:
    return phone.api.call("DELETE", f"/v1/cards/{card_id}", token=phone.token)


def test_binding_again_makes_a_new_card(zhang: Phone, clock: HeldClock) -> None:
    verification_id = zhang.verified()
    first = bind(zhang, verification_id).json
    assert unlink(zhang, first["id"]).status == 204
    clock.turn(minutes=1)
    second = bind(zhang, verification_id)  # the very same scan still serves
    assert second.status == 201
    assert second.json["id"] != first["id"]
    assert [card["id"] for card in cards_of(zhang)] == [second.json["id"]]
    assert bind(zhang, verification_id).json == second.json


def test_another_account_may_bind_once_the_card_has_ended(zhang: Phone, second_phone: OfPerson) -> None:
    unlink(zhang, bind(zhang).json["id"])
    assert bind(second_phone(zhang)).status == 201


# -- the bureau's word, which comes by two ways
def test_an_answer_older_than_the_feed_binds_nothing(
    zhang: Phone, social_security: Bureau, api: Api, clock: HeldClock, cloud: Cloud
) -> None:
    verification_id = zhang.verified()
    fact = social_security.facts[zhang.number] or {}
    social_security.calls(api, clock, fact["cardNumber"], 2, "lost")
    cloud.settle()
    answer = bind(zhang, verification_id)
    assert (answer.status, answer.code) == (503, "bureau-answer-stale")
    assert keys(cloud, "CARD#") == []
    fact |= {"cardVersion": 2, "cardStatus": "lost"}
    assert bind(zhang, verification_id).code == "physical-card-lost"
    social_security.calls(api, clock, fact["cardNumber"], 3, "active")
    cloud.settle()
    fact |= {"cardVersion": 3, "cardStatus": "active"}
    assert bind(zhang, verification_id).status == 201


def test_a_word_that_comes_while_a_card_is_bound_is_not_lost(
    zhang: Phone, social_security: Bureau, payment_app: PaymentApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed tells of a loss after the bureau answered and before the card is there."""
    verification_id = zhang.verified()
    number = (social_security.facts[zhang.number] or {})["cardNumber"]
    hidden = wiring.code_mac().hidden("physical-card", number)
    apply = dynamo.transact
    told: list[bool] = []

    def meanwhile(writes: Any) -> None:
        if not told:
            told.append(True)
            wiring.life().mirror({"physical_ref": hidden, "version": 2, "status": "lost", "reason": None})
        apply(writes)

    monkeypatch.setattr("chalicelib.cards.service.binding.transact", meanwhile)
    answer = bind(zhang, verification_id)
    assert (answer.status, answer.code) == (503, "bureau-answer-stale")
    assert cards_of(zhang) == []


def test_what_the_bureau_was_asked_is_on_the_persons_record(zhang: Phone, cloud: Cloud) -> None:
    bind(zhang)
    (reading,) = [item for item in cloud.items() if item["sk"]["S"].startswith("USAGE#")]
    assert (reading["fact"]["S"], reading["purpose"]["S"]) == ("insured-person", "bind-card")
