"""Certificates asked for together: what is asked once, what waits, what people decide, and what ends it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateStillPaper
from chalicelib.certificates.model.certificates import Change
from chalicelib.certificates.model.requests import Request, RequestStatus
from chalicelib.certificates.store.certificates import CertificateStore
from tests.certificates import Holder, a_holder, again, trust_documents
from tests.clock import HeldClock
from tests.memory.cloud import Place, place
from tests.moods import Offices, small_catalogue

EVERYTHING = ("houses", "houses-too", "family", "service")


@pytest.fixture(scope="module")
def town() -> Iterator[Place]:
    with place(HeldClock()) as found, small_catalogue():
        yield found


@pytest.fixture
def offices(town: Place) -> Offices:
    town.begin()
    trust_documents()
    return Offices(town.world)


@pytest.fixture
def holder(town: Place, offices: Offices) -> Holder:
    return a_holder(town.payment_app)


def statuses(holder: Holder, requests: list[Request]) -> dict[str, str]:
    return {each.type_id: holder.standing(each).status.value for each in requests}


def notices(holder: Holder) -> Counter[str]:
    told, _ = wiring.notices().list_own(holder.citizen.id, 100)
    return Counter(each.kind for each in told)


def later(town: Place, **passing: float) -> None:
    town.clock.turn(**passing)
    town.cloud.sweep()


def reviewed(town: Place, request: Request, action: str, by: str, **said: Any) -> dict[str, Any]:
    asked = {"action": action, "citizenId": request.citizen_id, "requestId": request.id, "by": by, **said}
    answer: dict[str, Any] = town.cloud.invoke("admin_certificates", asked)
    return answer


def test_each_fact_is_asked_for_once_however_many_types_need_it(
    town: Place, holder: Holder, offices: Offices
) -> None:
    requests = holder.request_all(*EVERYTHING)
    assert [each.type_id for each in requests] == list(EVERYTHING)
    town.cloud.settle()
    assert set(statuses(holder, requests).values()) == {"issued"}
    asked = [question for office in offices.all.values() for question in office.asked]
    assert Counter(each["fact"] for each in asked) == {
        "house-ownership": 1,
        "marital-status": 1,
        "service-record": 1,
    }
    assert {each["caseId"] for each in asked} == {requests[0].batch_id}
    (consent,), _ = wiring.consents().list_given(holder.citizen, 10, None)
    assert (consent.case_id, consent.uses_left, len(consent.uses)) == (requests[0].batch_id, 0, 3)
    assert notices(holder) == {"certificate-issued": 4}
    assert town.cloud.dead_letters() == []


def test_the_same_facts_are_the_same_certificate_however_often_asked(
    town: Place, holder: Holder, offices: Offices
) -> None:
    answered = []
    for purpose in "abc":
        (request,) = holder.request_all("houses", purpose=purpose)
        town.cloud.settle()
        answered.append(holder.certificate(request))
    assert len({each.id for each in answered}) == 1
    offices.tell("real-estate", n=3)
    (other,) = holder.request_all("houses", purpose="d")
    town.cloud.settle()
    assert holder.certificate(other).id != answered[0].id
    assert len([each for each in town.cloud.s3.puts if each.endswith(".pdf")]) == 2


@pytest.mark.parametrize("how", ["expired", "revoked", "suspended"])
def test_a_certificate_that_is_over_makes_room_for_another(
    how: str, town: Place, holder: Holder, offices: Offices
) -> None:
    (request,) = holder.request_all("houses", purpose="a")
    town.cloud.settle()
    first = holder.certificate(request)
    if how == "expired":
        later(town, days=31)
        holder = again(town.payment_app, holder)
    else:
        event, status = {"revoked": ("revoke", "revoked"), "suspended": ("suspend", "suspended")}[how]
        change = Change(at=town.clock(), status=type(first.status)(status), reason="r", by="real-estate")
        CertificateStore(wiring.core_table()).move(first, event, change)
    (another,) = holder.request_all("houses", purpose="b")
    town.cloud.settle()
    assert (holder.certificate(another).id == first.id) == (how == "suspended")


@pytest.mark.parametrize("mood", ["down", "busy", "lying", "garbled"])
def test_what_one_department_lacks_does_not_keep_the_others_from_being_issued(
    mood: str, town: Place, holder: Holder, offices: Offices
) -> None:
    offices["civil-registry"].mood = mood
    requests = holder.request_all("houses", "family")
    town.cloud.settle()
    assert statuses(holder, requests) == {"houses": "issued", "family": "deferred"}
    assert notices(holder) == {"certificate-issued": 1, "certificate-deferred": 1}
    later(town, minutes=20)
    assert notices(holder)["certificate-deferred"] == 1
    offices["civil-registry"].mood = "well"
    later(town, hours=2)
    assert statuses(holder, requests) == {"houses": "issued", "family": "issued"}
    assert len(offices["real-estate"].asked) == 1
    assert notices(holder) == {"certificate-issued": 2, "certificate-deferred": 1}
    usages = [each["fact"]["S"] for each in town.cloud.items() if each["sk"]["S"].startswith("USAGE#")]
    assert Counter(usages) == {"house-ownership": 1, "marital-status": 1}
    assert town.cloud.dead_letters() == []


def test_a_blip_defers_nothing(town: Place, holder: Holder, offices: Offices) -> None:
    offices["veterans"].mood = "down"
    requests = holder.request_all("service")
    with pytest.raises(Exception, match="department-unavailable"):
        wiring.issuing().issue(holder.citizen.id, requests[0].batch_id)
    assert statuses(holder, requests) == {"service": "gathering"}
    offices["veterans"].mood = "well"
    town.cloud.settle()
    assert statuses(holder, requests) == {"service": "issued"}
    assert notices(holder) == {"certificate-issued": 1}


def test_after_the_laws_time_people_are_told_once_and_the_case_closes_by_itself(
    town: Place, holder: Holder, offices: Offices
) -> None:
    offices["veterans"].mood = "down"
    (request,) = holder.request_all("service")
    town.cloud.settle()
    for _ in range(4):
        later(town, hours=1)
    assert wiring.cases().listed(10, None, None)[0] == []
    town.clock.now = holder.standing(request).due_by
    later(town, seconds=1)
    for _ in range(3):
        later(town, hours=2)
    (case,), _ = wiring.cases().listed(10, "certificate-overdue", None)
    assert (case.id, case.facts["type"]) == (request.id, "service")
    assert notices(holder)["certificate-overdue"] == 1
    offices["veterans"].mood = "well"
    later(town, hours=2)
    assert statuses(holder, [request]) == {"service": "issued"}
    assert wiring.cases().find(case.id).settled


def test_a_withdrawn_consent_ends_what_is_still_open_and_nobody_is_asked_again(
    town: Place, holder: Holder, offices: Offices
) -> None:
    offices["civil-registry"].mood = "down"
    requests = holder.request_all("houses", "family")
    town.cloud.settle()
    asked = len(offices["civil-registry"].asked)
    (consent,), _ = wiring.consents().list_given(holder.citizen, 10, None)
    wiring.consents().revoke(holder.citizen, consent.id)
    town.cloud.settle()
    assert statuses(holder, requests) == {"houses": "issued", "family": "abandoned"}
    told = holder.standing(requests[1]).reason
    assert told
    assert told.code == "consent-ended"
    offices["civil-registry"].mood = "well"
    later(town, days=2)
    assert len(offices["civil-registry"].asked) == asked
    assert notices(holder)["certificate-abandoned"] == 1
    assert holder.batch(requests[0]).sealed is None


def test_a_consent_withdrawn_before_anybody_was_asked_lets_nothing_leave(
    town: Place, holder: Holder, offices: Offices
) -> None:
    requests = holder.request_all("houses", "family")
    (consent,), _ = wiring.consents().list_given(holder.citizen, 10, None)
    wiring.consents().revoke(holder.citizen, consent.id)
    wiring.issuing().issue(holder.citizen.id, requests[0].batch_id)
    assert set(statuses(holder, requests).values()) == {"abandoned"}
    assert all(office.asked == [] for office in offices.all.values())


def test_people_look_only_where_the_rule_says_so_and_one_may_approve(
    town: Place, holder: Holder, offices: Offices
) -> None:
    offices.tell("veterans", n=2)
    requests = holder.request_all("houses", "service")
    town.cloud.settle()
    assert statuses(holder, requests) == {"houses": "issued", "service": "review"}
    (waiting,) = town.cloud.invoke("admin_certificates", {"action": "list"})["items"]
    assert (waiting["requestId"], waiting["doubt"]["code"]) == (requests[1].id, "unusual")
    shown = reviewed(town, requests[1], "show", "op-1")
    assert shown["facts"] == {"service-record": {"n": 2, "region": "330100"}}
    looks = [each for each in town.cloud.items() if each["sk"]["S"].startswith("READ#")]
    assert [each["usage"]["M"]["what"]["S"] for each in looks] == ["veterans/service-record"]
    assert reviewed(town, requests[1], "approve", "op-1", reason="file checked")["status"] == "issuing"
    assert reviewed(town, requests[1], "approve", "op-2", reason="file checked")["status"] == "issuing"
    town.cloud.settle()
    assert statuses(holder, requests) == {"houses": "issued", "service": "issued"}
    assert town.cloud.invoke("admin_certificates", {"action": "list"})["items"] == []
    assert holder.standing(requests[1]).reason is None


def test_a_refusal_takes_two(town: Place, holder: Holder, offices: Offices) -> None:
    offices.tell("veterans", n=2)
    (request,) = holder.request_all("service")
    town.cloud.settle()
    said = {"reason": "not what the file says"}
    assert reviewed(town, request, "refuse", "op-1", **said)["status"] == "review"
    assert reviewed(town, request, "refuse", "op-1", **said)["code"] == "review-needs-another"
    assert reviewed(town, request, "refuse", "op-2", **said)["status"] == "rejected"
    assert reviewed(town, request, "approve", "op-3", **said)["code"] == "review-not-open"
    town.cloud.settle()
    told = holder.standing(request)
    assert (told.status, told.reason and told.reason.code) == (RequestStatus.REJECTED, "review-refused")
    assert [each.by for each in told.opinions] == ["op-1", "op-2"]
    assert told.appealable
    assert notices(holder) == {"certificate-review": 1, "certificate-rejected": 1}
    assert holder.batch(request).facts == {}


def test_what_one_would_refuse_another_may_still_approve(
    town: Place, holder: Holder, offices: Offices
) -> None:
    offices.tell("veterans", n=2)
    (request,) = holder.request_all("service")
    town.cloud.settle()
    reviewed(town, request, "refuse", "op-1", reason="not what the file says")
    assert reviewed(town, request, "approve", "op-2", reason="the archive has it")["status"] == "issuing"
    town.cloud.settle()
    assert holder.standing(request).status is RequestStatus.ISSUED


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "approve", "by": "op-1"},
        {"action": "approve", "by": "王芳", "reason": "file checked"},
        {"action": "refuse", "by": "op-1", "reason": "see 330106199003071237"},
        {"action": "close"},
        {},
    ],
)
def test_a_malformed_review_is_a_problem_not_an_exception(asked: dict[str, Any], town: Place) -> None:
    about = {"citizenId": "ctz_" + "0" * 26, "requestId": "crq_" + "0" * 26}
    assert town.cloud.invoke("admin_certificates", about | asked)["code"] == "payload-invalid"


def test_whom_nobody_asked_for_cannot_be_reviewed(town: Place, offices: Offices) -> None:
    about = {"citizenId": "ctz_" + "0" * 26, "requestId": "crq_" + "0" * 26}
    told = {"action": "approve", "by": "op-1", "reason": "file checked", **about}
    assert town.cloud.invoke("admin_certificates", told)["code"] == "certificate-not-found"


def test_still_paper_is_refused_by_name_and_nothing_is_requested(town: Place, holder: Holder) -> None:
    with pytest.raises(CertificateStillPaper, match="certificate-still-paper") as refusal:
        holder.request_all("houses", "paper")
    assert "paper" in refusal.value.detail
    assert wiring.certificates().list_own(holder.citizen, None, 10)[0] == []


def test_a_batch_of_everything_asked_twice_at_once_is_one(town: Place, holder: Holder) -> None:
    first = holder.request_all(*EVERYTHING)
    assert holder.request_all(*reversed(EVERYTHING)) == first[::-1]
    town.cloud.settle()
    assert {each.status.value for each in holder.request_all(*EVERYTHING)} == {"issued"}


def test_a_request_shows_its_clock_and_how_its_certificate_stands(
    town: Place, holder: Holder, offices: Offices
) -> None:
    (request,) = holder.request_all("houses")
    town.cloud.settle()
    (seen,), _ = wiring.certificates().list_own(holder.citizen, None, 10)
    assert seen.standing == "valid"
    assert seen.request.due_by > seen.request.requested_at
    town.clock.turn(days=31)
    assert wiring.certificates().get(holder.citizen, request.id).standing == "expired"
