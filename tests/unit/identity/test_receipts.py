"""What a passed scan is worth, where, for whom, for what and until when."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from chalicelib import wiring
from chalicelib.errors import AppError
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    FaceRequired,
    ReceiptInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPerson,
    VerificationPurpose,
    VerificationSession,
)
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose, Receipt
from chalicelib.platform.dynamo import PRESENT, Table, commit
from tests.api import Api
from tests.builders import an_identity_number
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import ORIGIN
from tests.fakes import PaymentApp

CallerOf = Callable[[Phone], Citizen]


def scan(phone: Phone, purpose: str = "identity", number: str | None = None) -> dict[str, Any]:
    if not phone.token:
        phone.log_in()
    opened = phone.open_scan(purpose, number).json["id"]
    answer: dict[str, Any] = phone.complete(opened).json
    return answer


def rely(citizen: Citizen, purpose: Purpose, proof: str | None, person_id: str | None = None) -> Receipt:
    return wiring.faces().rely(citizen, purpose, proof, person_id)


def both(passed: dict[str, Any]) -> tuple[str, str]:
    """The two proofs that a citizen may send of one scan."""
    return passed["receipt"], passed["id"]


def refusals(citizen: Citizen, purpose: Purpose, *proofs: str | None, person: str | None = None) -> set[Any]:
    """With what each of these proofs is refused."""
    found: set[type[AppError]] = set()
    for proof in proofs:
        with pytest.raises(AppError) as raised:
            rely(citizen, purpose, proof, person)
        found.add(raised.type)
    return found


# -- the receipt itself
def test_a_receipt_is_a_jws_that_anybody_with_our_published_key_can_check(
    phone: Phone, api: Api, clock: HeldClock
) -> None:
    passed = scan(phone, "card")
    keys = api.get("/.well-known/jwks.json").json["keys"]
    header = json.loads(urlsafe_b64decode(passed["receipt"].partition(".")[0] + "=="))
    (key,) = (each for each in keys if each["kid"] == header["kid"])
    told = json.loads(jws.deserialize_compact(passed["receipt"], ECKey.import_key(key)).payload)
    assert header["typ"] == "receipt+jwt"
    assert set(told) == {"iss", "sub", "sid", "person", "level", "purpose", "jti", "iat", "exp"}
    assert (told["iss"], told["jti"], told["purpose"], told["level"]) == (ORIGIN, passed["id"], "card", 2)
    assert (told["iat"], told["exp"]) == (clock().timestamp(), clock().timestamp() + 1800)


def test_a_receipt_is_no_session_token_and_the_other_way_round(phone: Phone, caller: CallerOf) -> None:
    receipt = scan(phone)["receipt"]
    assert phone.api.get("/v1/citizens/me", token=receipt).code == "token-invalid"
    assert refusals(caller(phone), Purpose.CARD, phone.token) == {ReceiptInvalid}


# -- what it serves
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_scan_for_identity_serves_every_step(phone: Phone, caller: CallerOf, purpose: Purpose) -> None:
    passed = scan(phone)
    citizen = caller(phone)
    receipts = [rely(citizen, purpose, proof) for proof in (*both(passed), None)]
    assert receipts[0] == receipts[1] == receipts[2]
    assert receipts[0].verification_id == passed["id"]


def test_a_scan_serves_again_for_half_an_hour(phone: Phone, caller: CallerOf, clock: HeldClock) -> None:
    passed = scan(phone, "card")
    clock.turn(minutes=29, seconds=59)
    for proof in (*both(passed), None):
        receipt = rely(caller(phone), Purpose.CARD, proof)
        assert receipt.valid_until - receipt.scanned_at == timedelta(minutes=30)
    clock.turn(seconds=1)
    phone.refresh()
    assert refusals(caller(phone), Purpose.CARD, *both(passed)) == {VerificationExpired}
    assert refusals(caller(phone), Purpose.CARD, None) == {FaceRequired}


def test_the_session_remembers_the_receipt_through_a_refresh(phone: Phone, caller: CallerOf) -> None:
    passed = scan(phone, "card")
    phone.refresh()
    for proof in (*both(passed), None):
        assert rely(caller(phone), Purpose.CARD, proof).verification_id == passed["id"]


def test_what_was_made_for_the_purpose_goes_before_identity(phone: Phone, caller: CallerOf) -> None:
    own = scan(phone, "card")
    general = scan(phone)
    assert rely(caller(phone), Purpose.CARD, None).verification_id == own["id"]
    assert rely(caller(phone), Purpose.MANDATE, None).verification_id == general["id"]


def test_an_older_scan_for_the_purpose_gives_way_to_a_later_one_for_identity(
    phone: Phone, caller: CallerOf, clock: HeldClock
) -> None:
    scan(phone, "card")
    clock.turn(minutes=20)
    general = scan(phone)
    clock.turn(minutes=10)
    phone.refresh()
    assert rely(caller(phone), Purpose.CARD, None).verification_id == general["id"]


# -- what it does not serve
def test_without_any_scan_a_face_is_required(phone: Phone, caller: CallerOf) -> None:
    phone.log_in()
    assert refusals(caller(phone), Purpose.CARD, None) == {FaceRequired}


@pytest.mark.parametrize(("passed", "refusal"), [("F", FaceNotPassed), ("", FacePending)])
def test_a_scan_that_did_not_pass_proves_nothing(
    phone: Phone, caller: CallerOf, passed: str, refusal: type[AppError]
) -> None:
    phone.passed = passed
    verification_id = scan(phone)["id"]
    assert refusals(caller(phone), Purpose.CARD, verification_id) == {refusal}
    assert refusals(caller(phone), Purpose.CARD, None) == {FaceRequired}


@pytest.mark.parametrize("made_for", [each for each in Purpose if each is not Purpose.IDENTITY])
def test_a_scan_for_something_else_is_refused(phone: Phone, caller: CallerOf, made_for: Purpose) -> None:
    passed = scan(phone, made_for)
    for wanted in set(Purpose) - {made_for}:
        assert refusals(caller(phone), wanted, *both(passed)) == {VerificationPurpose}
        assert refusals(caller(phone), wanted, None) == {FaceRequired}


def test_another_session_of_the_same_citizen_shows_a_face_of_its_own(phone: Phone, caller: CallerOf) -> None:
    passed = scan(phone)
    phone.log_in()
    assert refusals(caller(phone), Purpose.CARD, *both(passed)) == {VerificationSession}
    assert refusals(caller(phone), Purpose.CARD, None) == {FaceRequired}


def test_another_citizens_receipt_tells_them_nothing(
    phone: Phone, caller: CallerOf, api: Api, payment_app: PaymentApp
) -> None:
    passed = scan(phone)
    stranger = Phone(api, payment_app)
    stranger.log_in()
    assert refusals(caller(stranger), Purpose.CARD, *both(passed)) == {VerificationNotFound}


def test_another_persons_face_is_refused(phone: Phone, caller: CallerOf) -> None:
    passed = scan(phone)
    citizen = caller(phone)
    mine = rely(citizen, Purpose.CARD, passed["id"]).person_id
    assert rely(citizen, Purpose.CARD, None, mine).person_id == mine
    other = "psn_" + "0" * 26
    assert refusals(citizen, Purpose.CARD, *both(passed), person=other) == {VerificationPerson}
    assert refusals(citizen, Purpose.CARD, None, person=other) == {FaceRequired}


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "face_", "face_nobody", "é.é.é", "..", "x" * 5000])
def test_what_is_no_proof_is_refused(phone: Phone, caller: CallerOf, garbage: str) -> None:
    phone.log_in()
    expected = VerificationNotFound if garbage.startswith("face_") else ReceiptInvalid
    assert refusals(caller(phone), Purpose.CARD, garbage) == {expected}


def test_a_changed_receipt_is_refused(phone: Phone, caller: CallerOf) -> None:
    receipt = scan(phone)["receipt"]
    citizen = caller(phone)
    for place in range(0, len(receipt) - 1, 11):
        other = "A" if receipt[place] != "A" else "B"
        changed = receipt[:place] + other + receipt[place + 1 :]
        assert refusals(citizen, Purpose.CARD, changed) == {ReceiptInvalid}


def test_a_scan_that_was_given_anothers_receipt_is_refused(phone: Phone, caller: CallerOf) -> None:
    """Whoever may write to the table still cannot turn one person's scan into another's."""
    mine, theirs = scan(phone), scan(phone, number=an_identity_number())
    key = {"pk": f"VERIFICATION#{theirs['id']}", "sk": "VERIFICATION"}
    write = Table("CoreTable").update(
        key, VerificationNotFound(), expect={"pk": PRESENT}, assign={"receipt": mine["receipt"]}
    )
    commit(write)
    assert refusals(caller(phone), Purpose.CARD, theirs["id"]) == {ReceiptInvalid}


def test_a_session_remembers_its_owners_face_and_not_the_familys(
    phone: Phone, caller: CallerOf, api: Api
) -> None:
    """A grandmother's face on a grandson's phone proves her consent, and unlocks nothing of his."""
    mine = scan(phone)
    citizen = caller(phone)
    person_id = rely(citizen, Purpose.CARD, None).person_id
    owner = Table("CoreTable").update(
        {"pk": f"CITIZEN#{citizen.id}", "sk": "PROFILE"},
        VerificationNotFound(),
        expect={"pk": PRESENT},
        assign={"person_id": person_id},
    )
    commit(owner)
    hers = scan(phone, number=an_identity_number())
    citizen = caller(phone)
    assert rely(citizen, Purpose.MANDATE, hers["id"]).person_id != person_id
    assert rely(citizen, Purpose.CARD, None).verification_id == mine["id"]


# -- and for those steps that need name and number
def test_the_verified_person_is_revealed_to_the_session_that_scanned(phone: Phone, caller: CallerOf) -> None:
    passed = scan(phone, "bind-card")
    person = wiring.faces().verified(caller(phone), passed["id"], Purpose.BIND_CARD)
    assert (person.real_name, person.id_number) == (phone.name, phone.number)
    phone.log_in()
    with pytest.raises(VerificationSession):
        wiring.faces().verified(caller(phone), passed["id"], Purpose.BIND_CARD)


def test_an_old_scan_and_one_for_something_else_are_refused(phone: Phone, api: Api, clock: HeldClock) -> None:
    other = phone.verified("certificates")
    answer = api.post("/v1/cards", {"verificationId": other}, token=phone.token)
    assert answer.code == "verification-purpose"
    old = phone.verified("bind-card")
    clock.turn(minutes=30)
    phone.log_in()
    assert api.post("/v1/cards", {"verificationId": old}, token=phone.token).code == "verification-expired"
