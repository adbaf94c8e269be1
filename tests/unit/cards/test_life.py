"""A card's life: the pure machine's table, and what the phone can do of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.errors import CardBusy, CardNotUsable, CardTransitionRefused
from chalicelib.cards.model import life
from chalicelib.cards.model.card import FINAL, Card, CardStatus, Hold, Physical
from chalicelib.cards.model.life import TRANSITIONS, Event
from chalicelib.errors import AppError
from chalicelib.platform import dynamo
from chalicelib.platform.dynamo import Contended, transact
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp
from tests.unit.cards.conftest import OfPerson, kept

Notices = Callable[[Phone], list[str]]
PHONE = "13812345678"
ACCOUNT = {"phone": PHONE, "active": True, "bank": "杭州银行", "accountMasked": "6214****0011"}


# -- the pure machine
def every_card() -> list[Card]:
    """A card in each state that its parts can make."""
    return [
        a_card(physical=physical, held=held, unlinked=unlinked, bank_masked=bank)
        for physical, held, unlinked, bank in product(
            Physical, (None, *Hold), (False, True), (None, "杭州银行 6214****0011")
        )
    ]


def a_card(**parts: Any) -> Card:
    standing: dict[str, Any] = {
        "physical": Physical.ACTIVE,
        "held": None,
        "unlinked": False,
        "bank_masked": None,
    }
    return Card(
        id="card_01JACARD00000000000000000A",
        citizen_id="ctz_1",
        person_id="psn_1",
        holder="张*",
        number_masked="A1****11",
        id_number_masked="3301**********0018",
        region="330100",
        sealed=b"1",
        number_sealed=b"2",
        physical_ref="0",
        physical_version=3,
        bound_at=datetime(2026, 11, 23, tzinfo=UTC),
        version=7,
        **standing | parts,
    )


HAPPEN: dict[Event, Callable[[Card], Card]] = {
    Event.SUSPEND: lambda card: life.suspend(card, Hold.LOST),
    Event.RESUME: life.resume,
    Event.UNLINK: life.unlink,
    Event.LINK_BANK: lambda card: life.link_bank(card, "工商银行 6222****0022"),
    Event.UNLINK_BANK: life.unlink_bank,
    Event.MOVE: lambda card: life.move(card, "ctz_2", at=1_800_000_000, by="face_2"),
    **{
        event: lambda card, physical=physical: life.mirror(card, physical, 4)  # type: ignore[misc]
        for physical, event in life.MIRRORS.items()
    },
}


@pytest.mark.parametrize("event", Event)
def test_every_event_leads_where_the_table_says_or_is_refused(event: Event) -> None:
    seen: dict[CardStatus, set[CardStatus]] = {}
    for card in every_card():
        try:
            after = HAPPEN[event](card)
        except (CardTransitionRefused, CardNotUsable):
            continue
        seen.setdefault(card.status, set()).add(after.status)
    table = {state: set(targets) for (state, each), targets in TRANSITIONS.items() if each is event}
    assert seen == table


@pytest.mark.parametrize("event", Event)
def test_what_has_happened_already_changes_nothing(event: Event) -> None:
    for card in every_card():
        try:
            once = HAPPEN[event](card)
        except AppError:
            continue
        if once.status in FINAL and event is not Event.UNLINK and once is not card:
            continue
        if (once.status, event) in TRANSITIONS:
            assert HAPPEN[event](once) is once
        assert once.version == card.version + (once is not card)


def test_the_level_is_remembered_through_everything_but_unlinking_the_account() -> None:
    card = life.link_bank(a_card(), "杭州银行 6214****0011")
    for change in (
        lambda each: life.suspend(each, Hold.RISK),
        lambda each: life.mirror(each, Physical.LOCKED, 4),
        lambda each: life.mirror(each, Physical.LOST, 5),
        lambda each: life.mirror(each, Physical.ACTIVE, 6),
        life.resume,
        lambda each: life.move(each, "ctz_2", at=1, by="face_2"),
    ):
        card = change(card)
        assert card.level == 2
    assert (card.status, life.unlink_bank(card).level) == (CardStatus.BOUND, 1)


def test_a_hold_outlives_the_bureaus_own() -> None:
    card = life.mirror(life.suspend(a_card(), Hold.NOT_ME), Physical.LOCKED, 4)
    assert card.status is CardStatus.LOCKED
    card = life.mirror(card, Physical.ACTIVE, 5)
    assert card.status is CardStatus.SUSPENDED
    assert life.resume(card).status is CardStatus.BOUND


def test_words_of_the_bureau_in_any_order_come_to_the_same() -> None:
    words = [(Physical.LOST, 4), (Physical.ACTIVE, 5), (Physical.LOCKED, 6)]
    ends = set()
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0, 1, 2), (2, 2, 0)):
        card = a_card()
        for each in order:
            card = life.mirror(card, *words[each])
        ends.add((card.physical, card.physical_version, card.status))
    assert ends == {(Physical.LOCKED, 6, CardStatus.LOCKED)}


def test_a_card_that_only_family_showed_has_no_codes_to_end() -> None:
    card = life.move(a_card().model_copy(update={"citizen_id": None}), "ctz_2", at=5, by="face_2")
    assert (card.citizen_id, card.moved_at) == ("ctz_2", None)


# -- on the phone
@pytest.fixture
def card(zhang: Phone) -> dict[str, Any]:
    bound: dict[str, Any] = zhang.bind().json
    return bound


def post(who: Phone, card: dict[str, Any], verb: str, /, **body: Any) -> ApiAnswer:
    return who.api.post(f"/v1/cards/{card['id']}/{verb}", body, token=who.token)


def delete(phone: Phone, card: dict[str, Any], path: str = "") -> ApiAnswer:
    return phone.api.call("DELETE", f"/v1/cards/{card['id']}{path}", token=phone.token)


def stands(phone: Phone, card: dict[str, Any]) -> tuple[str, int]:
    """Status and level, which the wallet must tell alike."""
    view = phone.api.get(f"/v1/cards/{card['id']}", token=phone.token).json
    entry = wiring.sessions().recognise(phone.token).account.wallet[card["id"]]
    assert (entry.status, entry.level) == (view["status"], view["level"])
    return view["status"], view["level"]


def test_a_suspended_card_shows_no_code_until_it_is_resumed(
    zhang: Phone, card: dict[str, Any], notices: Notices
) -> None:
    suspended = post(zhang, card, "suspend", reason="risk")
    assert (suspended.status, suspended.json["status"], suspended.json["held"]) == (200, "suspended", "risk")
    assert stands(zhang, card) == ("suspended", 1)
    assert post(zhang, card, "codes").status == 409
    resumed = post(zhang, card, "resume")
    assert (resumed.json["status"], resumed.json["held"]) == ("bound", None)
    assert post(zhang, card, "codes").status == 201
    assert notices(zhang) == ["card-bound", "card-resumed", "card-suspended"]


def test_saying_it_twice_is_saying_it_once(zhang: Phone, card: dict[str, Any], notices: Notices) -> None:
    assert zhang.api.post(f"/v1/cards/{card['id']}/suspend", token=zhang.token).json["held"] == "lost"
    assert post(zhang, card, "suspend", reason="risk").json["held"] == "lost"
    assert post(zhang, card, "resume").json["version"] == 3
    assert post(zhang, card, "resume").json["version"] == 3
    assert notices(zhang).count("card-suspended") == notices(zhang).count("card-resumed") == 1


def test_not_me_is_said_of_a_use_and_not_here(zhang: Phone, card: dict[str, Any]) -> None:
    assert post(zhang, card, "suspend", reason="not-me").code == "payload-invalid"


def test_to_resume_and_to_unlink_wants_the_holders_face(
    zhang: Phone, card: dict[str, Any], social_security: Bureau
) -> None:
    post(zhang, card, "suspend")
    zhang.log_in()  # a new session, which has seen no face
    assert post(zhang, card, "resume").code == "face-required"
    assert delete(zhang, card).code == "face-required"
    certificates = zhang.verified("certificates")
    assert post(zhang, card, "resume", verificationId=certificates).code == "verification-purpose"
    me = zhang.name, zhang.number
    zhang.name, zhang.number = "王芳", an_identity_number()
    somebody_else = zhang.verified("card")
    zhang.name, zhang.number = me
    assert post(zhang, card, "resume", verificationId=somebody_else).code == "verification-person"
    assert stands(zhang, card) == ("suspended", 1)
    assert post(zhang, card, "resume", verificationId=zhang.verified("card")).json["status"] == "bound"


def test_an_unlinked_card_is_gone_and_its_person_free(
    zhang: Phone, card: dict[str, Any], notices: Notices, cloud: Cloud
) -> None:
    proof = zhang.verified("card")
    assert delete(zhang, card, f"?verificationId={proof}").status == 204
    assert delete(zhang, card, f"?verificationId={proof}").status == 204
    assert zhang.api.get("/v1/cards", token=zhang.token).json["items"] == []
    assert post(zhang, card, "codes").code == "card-not-found"
    assert post(zhang, card, "suspend").code == "card-not-found"
    assert kept(card["id"]).status is CardStatus.UNLINKED
    assert notices(zhang) == ["card-bound", "card-unlinked"]
    claims = [item for item in cloud.items() if (item["pk"]["S"][:7], item["sk"]["S"]) == ("PERSON#", "CARD")]
    words = [item for item in cloud.items() if item["sk"]["S"] == "PHYSICAL"]
    assert (claims, ["card_id" in item for item in words]) == ([], [False])


def test_a_card_of_somebody_else_is_not_there(
    zhang: Phone, card: dict[str, Any], api: Api, payment_app: PaymentApp
) -> None:
    stranger = Phone(api, payment_app)
    stranger.log_in()
    answers = [post(stranger, card, verb) for verb in ("suspend", "resume")]
    answers += [post(stranger, card, "bank-account", phone=PHONE)]
    answers += [delete(stranger, card), delete(stranger, card, "/bank-account")]
    assert {each.code for each in answers} == {"card-not-found"}
    assert kept(card["id"]).version == 1


# -- the bank account
def test_a_linked_account_lifts_the_level_and_is_remembered(
    zhang: Phone, card: dict[str, Any], social_security: Bureau, notices: Notices, cloud: Cloud
) -> None:
    social_security.accounts[zhang.number] = ACCOUNT
    linked = post(zhang, card, "bank-account", phone=PHONE)
    assert (linked.status, linked.json["level"]) == (200, 2)
    assert linked.json["bankMasked"] == "杭州银行 6214****0011"
    post(zhang, card, "suspend")
    assert stands(zhang, card) == ("suspended", 2)
    post(zhang, card, "resume")
    assert stands(zhang, card) == ("bound", 2)
    unlinked = delete(zhang, card, "/bank-account")
    assert (unlinked.status, unlinked.json["level"], unlinked.json["bankMasked"]) == (200, 1, None)
    assert [each for each in notices(zhang) if "bank-" in each] == ["card-bank-linked", "card-bank-unlinked"]
    assert PHONE not in repr(cloud.items())


@pytest.mark.parametrize(
    ("account", "phone", "code"),
    [
        (None, PHONE, "bank-account-missing"),
        ({**ACCOUNT, "active": False}, PHONE, "bank-account-inactive"),
        (ACCOUNT, "13900000000", "phone-not-matched"),
        (ACCOUNT, "12345", "payload-invalid"),
        ({**ACCOUNT, "bank": ""}, PHONE, "department-answer-invalid"),
    ],
)
def test_an_account_that_does_not_fit_is_not_linked(
    zhang: Phone, card: dict[str, Any], social_security: Bureau, account: Any, phone: str, code: str
) -> None:
    if account:
        social_security.accounts[zhang.number] = account
    assert post(zhang, card, "bank-account", phone=phone).code == code
    assert stands(zhang, card) == ("bound", 1)


def test_a_suspended_card_links_no_account_and_asks_no_bank(
    zhang: Phone, card: dict[str, Any], cloud: Cloud
) -> None:
    post(zhang, card, "suspend")
    assert post(zhang, card, "bank-account", phone=PHONE).code == "card-transition-refused"
    assert delete(zhang, card, "/bank-account").code == "card-transition-refused"
    assert "bank-account" not in repr([item.get("fact") for item in cloud.items()])


# -- two at once
def test_who_comes_second_starts_again_from_what_stands(
    zhang: Phone, card: dict[str, Any], social_security: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is linked between the other request's read and its write."""
    social_security.accounts[zhang.number] = ACCOUNT
    apply = dynamo.transact
    came: list[int] = []

    def overtaken(writes: Any) -> None:
        came.append(len(came))
        if came == [0]:
            post(zhang, card, "bank-account", phone=PHONE)
        apply(writes)

    monkeypatch.setattr("chalicelib.cards.service.life.transact", overtaken)
    assert post(zhang, card, "suspend").json["status"] == "suspended"
    assert stands(zhang, card) == ("suspended", 2)
    assert kept(card["id"]).version == 3


def test_contention_that_does_not_end_is_told_as_busy(
    zhang: Phone, card: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def contended(_: Any) -> None:
        raise Contended

    monkeypatch.setattr("chalicelib.cards.service.life.transact", contended)
    answer = post(zhang, card, "suspend")
    assert (answer.status, answer.code) == (503, "card-busy")
    assert "retry-after" in answer.headers


def test_a_card_that_moves_meanwhile_is_not_changed_from_its_old_account(
    zhang: Phone, second_phone: OfPerson, card: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = second_phone(zhang)
    proof = other.verified()
    apply = dynamo.transact
    came: list[bool] = []

    def overtaken(writes: Any) -> None:
        if not came:
            came.append(True)
            other.api.post("/v1/cards", {"verificationId": proof, "move": True}, token=other.token)
        apply(writes)

    monkeypatch.setattr("chalicelib.cards.service.life.transact", overtaken)
    assert delete(zhang, card).code == "card-not-found"
    assert kept(card["id"]).status is CardStatus.BOUND


# -- for a transaction that does more
def test_a_suspension_can_be_part_of_more(
    zhang: Phone, card: dict[str, Any], notices: Notices, clock: HeldClock
) -> None:
    standing = kept(card["id"])
    transact(wiring.life().suspension(standing, Hold.NOT_ME))
    assert stands(zhang, card) == ("suspended", 1)
    assert kept(card["id"]).held is Hold.NOT_ME
    with pytest.raises(CardBusy):
        transact(wiring.life().suspension(standing, Hold.NOT_ME))
    transact(wiring.life().suspension(kept(card["id"]), Hold.NOT_ME))
    assert kept(card["id"]).version == 2
    assert notices(zhang) == ["card-bound", "card-suspended-not-me"]


def test_a_suspended_card_that_is_resumed_meanwhile_fails_the_transaction(
    zhang: Phone, card: dict[str, Any]
) -> None:
    post(zhang, card, "suspend")
    writes = wiring.life().suspension(kept(card["id"]), Hold.NOT_ME)
    post(zhang, card, "resume")
    with pytest.raises(CardBusy):
        transact(writes)


def test_a_card_that_ended_needs_no_suspension(zhang: Phone, card: dict[str, Any]) -> None:
    delete(zhang, card)
    assert wiring.life().suspension(kept(card["id"]), Hold.NOT_ME) == []
