"""The withdrawal, from one face scan to the money: decided by rule, ordered once, nothing brought."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib import wiring
from chalicelib.errors import Unavailable
from chalicelib.matters.errors import ApplicationNotFound, ApplicationUnderWay, MatterNotOnline
from chalicelib.matters.model.applications import Status
from tests.matters import BALANCE, ITEM, QUOTA, Applicant, Told
from tests.unit.matters.conftest import Scene


def test_a_worker_without_a_house_is_paid_and_brings_nothing(scene: Scene) -> None:
    worker = scene.applicant()
    applied = worker.applies()
    assert applied.status is Status.SUBMITTED
    scene.cloud.settle()
    paid = worker.now(applied)
    assert (paid.status, paid.amount_fen, paid.on_paper, paid.reason) == (Status.PAID, QUOTA, 0, None)
    assert paid.fetched == 5
    assert paid.payment
    assert paid.sealed is None
    assert [each.fact for each in paid.grounds] == [
        "owns-no-house",
        "provident-fund-account",
        "household",
        "marriage-status",
    ]
    (order,) = scene.town.fund.asked("orders")
    assert (order["amountFen"], order["orderNumber"]) == (QUOTA, paid.order_number)
    assert order["subject"]["idNumber"] == worker.number
    assert scene.town.fund.payments == [paid.order_number]
    usage = wiring.matters().usage()[ITEM]
    assert (usage.decided, usage.spared, usage.on_paper) == (1, 5, 0)


def test_the_fund_asks_in_its_own_name_and_the_citizen_sees_it(scene: Scene) -> None:
    applied = scene.applicant().applies()
    scene.cloud.settle()
    (question,) = scene.town.asked("real-estate")
    assert question.headers["x-road-client"] == "CN/GOV/330100/provident-fund/withdrawals"
    assert (question.json["purpose"], question.json["caseId"]) == (ITEM, applied.id)
    entries = [each for each in scene.cloud.items() if each["sk"]["S"].startswith("USAGE#")]
    assert {each["client"]["S"] for each in entries} == {"CN/GOV/330100/provident-fund/withdrawals"}
    assert len(entries) == 4


@pytest.mark.parametrize(
    ("changed", "asked", "code"),
    [
        ({"real_estate": {"holds": False}}, None, "house-registered"),
        ({"real_estate": None}, None, "house-registered"),
        ({"provident_fund": {"depositedMonths": 2}}, None, "deposited-too-briefly"),
        ({"provident_fund": {"accountStatus": "frozen"}}, None, "account-not-normal"),
        ({"provident_fund": None}, None, "account-not-normal"),
        ({"provident_fund": {"balanceFen": 0}}, None, "nothing-to-withdraw"),
        ({"provident_fund": {"balanceFen": 100_00}}, 200_00, "amount-above-balance"),
        ({"civil_registry": None}, None, "holder-not-found"),
        ({}, QUOTA + 1, "amount-above-quota"),
    ],
)
def test_whoever_does_not_meet_the_rules_is_told_which(
    scene: Scene, changed: dict[str, Told | None], asked: int | None, code: str
) -> None:
    worker = scene.applicant("", **changed)
    applied = worker.applies(asked)
    scene.cloud.settle()
    rejected = worker.now(applied)
    assert rejected.reason
    assert (rejected.status, rejected.reason.code) == (Status.REJECTED, code)
    assert scene.town.fund.asked("orders") == []
    assert wiring.matters().usage()[ITEM].decided == 1
    assert worker.applies(1_00).status is Status.SUBMITTED  # nothing of the first stands in its way


def test_another_name_under_the_number_is_no_decision_about_anybody(scene: Scene) -> None:
    worker = scene.applicant()
    scene.town.departments["civil-registry"].names[worker.number] = "别人"
    applied = worker.applies()
    scene.cloud.settle()
    reason = worker.now(applied).reason
    assert reason
    assert reason.code == "identity-mismatch"


def test_less_is_paid_where_less_is_there_or_asked_for(scene: Scene) -> None:
    poor, modest = scene.applicant(provident_fund={"balanceFen": 700_00}), scene.applicant()
    applied = poor.applies(), modest.applies(1_200_00)
    scene.cloud.settle()
    assert poor.now(applied[0]).amount_fen == 700_00
    assert modest.now(applied[1]).amount_fen == 1_200_00
    assert BALANCE > QUOTA


def test_one_withdrawal_a_quarter_is_allowed_through_whichever_account(scene: Scene) -> None:
    worker = scene.applicant()
    first = worker.applies(500_00)
    scene.cloud.settle()
    again = worker.applies(600_00)
    elsewhere = scene.applicant(worker.number)
    with pytest.raises(ApplicationUnderWay):
        elsewhere.applies()
    scene.cloud.settle()
    other = elsewhere.applies()
    scene.cloud.settle()
    assert worker.now(first).status is Status.PAID
    for refused in (worker.now(again), elsewhere.now(other)):
        assert refused.reason
        assert refused.reason.code == "withdrawn-in-period"
    scene.clock.turn(days=40)  # the next quarter has begun
    later = worker.applies(600_00, worker.scans(scene.here.payment_app))
    scene.cloud.settle()
    assert worker.now(later).status is Status.PAID
    assert len(scene.town.fund.payments) == 2


def test_the_same_request_is_one_application_and_two_at_once_are_one(scene: Scene) -> None:
    worker = scene.applicant()
    first = worker.applies()
    assert worker.applies().id == first.id
    with pytest.raises(ApplicationUnderWay):
        worker.applies(100_00)
    scene.cloud.settle()
    assert worker.applies().status is Status.PAID
    assert len(scene.town.fund.payments) == 1
    assert wiring.applying().list_own(worker.citizen, None, 10)[0] == [worker.now(first)]


def test_nobody_reaches_anothers_application(scene: Scene) -> None:
    applied, stranger = scene.applicant().applies(), scene.applicant()
    with pytest.raises(ApplicationNotFound):
        stranger.now(applied)


def test_an_item_that_is_listed_only_cannot_be_applied_for(scene: Scene) -> None:
    worker = scene.applicant()
    with pytest.raises(MatterNotOnline):
        wiring.applying().apply(worker.citizen, "veteran-card", worker.verification_id, None)


def test_a_withdrawn_consent_ends_it_and_nothing_is_asked(scene: Scene) -> None:
    worker = scene.applicant()
    applied = worker.applies()
    assert applied.consent_id
    wiring.consents().revoke(worker.citizen, applied.consent_id)
    scene.cloud.settle()
    ended = worker.now(applied)
    assert ended.reason
    assert (ended.status, ended.reason.code) == (Status.ABANDONED, "consent-ended")
    assert scene.town.asked("real-estate") == []


# -- what waits
def test_a_department_that_is_down_defers_it_and_the_law_s_clock_runs(scene: Scene) -> None:
    worker = scene.applicant()
    scene.town.departments["civil-affairs"].down = True
    applied = worker.applies()
    with pytest.raises(Unavailable):
        wiring.proceeding().proceed(worker.citizen.id, applied.id)
    assert worker.now(applied).status is Status.DEFERRED
    assert not worker.now(applied).overdue(scene.clock())
    scene.clock.turn(days=4)
    scene.minutes(4)
    assert worker.now(applied).overdue(scene.clock())
    late = wiring.cases().find(f"{applied.id}-late")
    assert (late.kind, late.status) == ("matter-late", "open")
    scene.town.departments["civil-affairs"].down = False
    scene.minutes(70)
    assert worker.now(applied).status is Status.PAID
    assert wiring.cases().find(late.id).status == "closed"
    readings = [each for each in scene.cloud.items() if each["sk"]["S"].startswith("USAGE#")]
    assert len(readings) == 4  # asked again, read once


def tells_nonsense(scene: Scene, worker: Applicant) -> None:
    scene.town.knows(worker.number, worker.name, provident_fund={"balanceFen": "a lot"})


def signs_with_another_key(scene: Scene, _: Applicant) -> None:
    scene.town.departments["provident-fund"].key = Ed25519PrivateKey.generate()


@pytest.mark.parametrize("lies", [tells_nonsense, signs_with_another_key])
def test_a_department_that_cannot_be_believed_decides_about_nobody(
    scene: Scene, lies: Callable[[Scene, Applicant], None]
) -> None:
    worker = scene.applicant()
    true = scene.town.departments["provident-fund"].key
    lies(scene, worker)
    applied = worker.applies()
    scene.cloud.settle()
    assert worker.now(applied).status is Status.DEFERRED
    scene.town.departments["provident-fund"].key = true
    scene.town.knows(worker.number, worker.name)
    scene.minutes(20)
    assert worker.now(applied).status is Status.PAID


def test_a_married_applicant_is_looked_at_by_a_person(scene: Scene) -> None:
    worker = scene.applicant(civil_affairs={"status": "married"})
    applied = worker.applies()
    scene.cloud.settle()
    looked = worker.now(applied)
    assert looked.reason
    assert (looked.status, looked.reason.code, looked.on_paper) == (
        Status.REVIEW,
        "spouse-to-be-checked",
        1,
    )
    assert wiring.cases().find(applied.id).kind == "matter-review"
    assert wiring.matters().usage() == {}


# -- the money
@pytest.mark.parametrize(
    "mood", ["down", "lost", "another-request", "another-order", "forged", "miscounting", "future"]
)
def test_what_nobody_knows_of_an_order_is_asked_for_and_paid_once(scene: Scene, mood: str) -> None:
    worker = scene.applicant()
    scene.town.fund.mood = mood
    applied = worker.applies()
    scene.cloud.settle()
    ordered = worker.now(applied)
    assert (ordered.status, ordered.payment) == (Status.ORDERED, None)
    scene.town.fund.mood = ""
    scene.minutes(20)
    assert worker.now(applied).status is Status.PAID
    assert scene.town.fund.payments == [ordered.order_number]


def test_an_order_that_was_taken_in_is_waited_for(scene: Scene) -> None:
    worker = scene.applicant()
    scene.town.fund.mood = "accepting"
    applied = worker.applies()
    scene.cloud.settle()
    assert worker.now(applied).status is Status.ORDERED
    scene.town.fund.mood = ""
    scene.town.fund.orders.clear()  # what was taken in was lost there: it is ordered again under its number
    scene.minutes(20)
    assert worker.now(applied).status is Status.PAID
    assert {each["orderNumber"] for each in scene.town.fund.asked("orders")} == {applied.order_number}


@pytest.mark.parametrize(
    ("said", "code"), [("balance-short", "balance-short"), ("whatever", "payment-refused")]
)
def test_a_payer_that_refuses_is_believed_and_the_quarter_is_free_again(
    scene: Scene, said: str, code: str
) -> None:
    worker = scene.applicant()
    scene.town.fund.refuses = said
    applied = worker.applies(500_00)
    scene.cloud.settle()
    refused = worker.now(applied)
    assert refused.reason
    assert (refused.status, refused.reason.code) == (Status.REFUSED, code)
    scene.town.fund.refuses = ""
    again = worker.applies(400_00)
    scene.cloud.settle()
    assert worker.now(again).status is Status.PAID


# -- a person's decision
def decides(scene: Scene, action: str, by: str, application: str) -> dict[str, Any]:
    reason = "the spouse's record was looked at"
    asked = {"action": action, "caseId": application, "by": by, "reason": reason}
    answer: dict[str, Any] = wiring.administer_cases(asked)
    scene.cloud.settle()
    return answer


def test_what_a_person_approves_is_paid_once(scene: Scene) -> None:
    worker = scene.applicant("", civil_affairs={"status": "married"})
    applied = worker.applies()
    scene.cloud.settle()
    assert decides(scene, "approve", "op-1", applied.id)["outcome"] == "approved"
    paid = worker.now(applied)
    assert (paid.status, paid.reason) == (Status.PAID, None)
    assert decides(scene, "approve", "op-1", applied.id)["code"] == "case-not-open"
    assert len(scene.town.fund.payments) == 1
    usage = wiring.matters().usage()[ITEM]
    assert (usage.decided, usage.spared, usage.on_paper) == (1, 5, 1)


def test_to_refuse_takes_two_people(scene: Scene) -> None:
    worker = scene.applicant("", civil_affairs={"status": "married"})
    applied = worker.applies()
    scene.cloud.settle()
    for _ in range(2):
        assert decides(scene, "refuse", "op-1", applied.id)["outcome"] == "waits-for-another"
    assert worker.now(applied).status is Status.REVIEW
    assert decides(scene, "refuse", "op-2", applied.id)["outcome"] == "rejected"
    refused = worker.now(applied)
    assert refused.reason
    assert refused.reason.code == "review-refused"
    assert scene.town.fund.asked("orders") == []


def test_only_what_waits_for_a_person_is_decided_by_one(scene: Scene) -> None:
    wiring.cases().open("ord_1", "ORDER", "refund-stuck", order_id="ord_1")
    assert decides(scene, "approve", "op-1", "ord_1")["code"] == "deed-impossible"
