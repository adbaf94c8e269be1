"""A certificate shared with an institution: told by an event, read as often as was allowed, each read entered once."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.certificates.model.certificates import CertificateStatus
from chalicelib.institutions.model import Kind, Registration
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import Party
from tests.families import Relative, by_own_face
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place
from tests.unit.shares.conftest import Holder, issue

WITH_US = "/v1/institutions/me/shares"
AsParty = Callable[..., ApiAnswer]


def shared(holder: Holder, party: Party, **asked: Any) -> str:
    answer = holder.share(kind="institution", institutionId=party.id, **asked)
    assert (answer.status, answer.json["link"]) == (201, None), answer.json
    return str(answer.json["id"])


def test_the_institution_sees_what_for_and_fetches_it_as_often_as_it_may(
    holder: Holder, hospital: Party, as_party: AsParty, town: Place
) -> None:
    share_id = shared(holder, hospital, uses=2)
    (listed,) = as_party(hospital, WITH_US).json["items"]
    detail = as_party(hospital, f"{WITH_US}/{share_id}").json
    assert listed == detail
    assert (detail["holder"], detail["purpose"], detail["usesLeft"], detail["standing"]) == (
        "张*",
        "租房备案",
        2,
        "valid",
    )
    assert holder.reads() == []
    for left, expected in ((1, "standing"), (0, "used")):
        holder.clock.turn(minutes=6)
        answer = as_party(hospital, f"{WITH_US}/{share_id}/document", "format=sd-jwt&redirect=false")
        assert answer.status == 200
        seen = as_party(hospital, f"{WITH_US}/{share_id}").json
        assert (seen["usesLeft"], seen["status"]) == (left, expected)
    holder.clock.turn(minutes=6)
    assert as_party(hospital, f"{WITH_US}/{share_id}/document").code == "share-used"
    first, second = holder.reads()
    assert {first["receiverCode"], second["receiverCode"]} == {hospital.id}
    assert first["receiverSystem"] == f"{hospital.id}#k1"
    assert first["caseId"] == share_id != first["id"]
    assert len(holder.shares()[0]["usedAt"]) == 2
    town.cloud.settle()
    told = holder.api.get("/v1/notices", token=holder.phone.token).json["items"]
    assert [each["body"]["zh"][:2] for each in told if each["kind"] == "share-read"] == ["机构", "机构"]


def test_all_forms_within_five_minutes_are_one_use(
    holder: Holder, hospital: Party, as_party: AsParty
) -> None:
    share_id = shared(holder, hospital)
    for form in ("pdf", "sd-jwt", "json", "pdf"):
        holder.clock.turn(minutes=1)
        answer = as_party(hospital, f"{WITH_US}/{share_id}/document", f"format={form}")
        assert answer.status == 302
        assert f"{holder.certificate.id}" in answer.headers["location"]
    assert len(holder.reads()) == 1
    holder.clock.turn(minutes=3)
    assert as_party(hospital, f"{WITH_US}/{share_id}/document").code == "share-used"


def test_nobody_else_reads_it_and_no_request_twice(
    holder: Holder, hospital: Party, pharmacy: Party, as_party: AsParty
) -> None:
    share_id = shared(holder, hospital, uses=5)
    assert as_party(pharmacy, WITH_US).json["items"] == []
    for path in (f"{WITH_US}/{share_id}", f"{WITH_US}/{share_id}/document"):
        assert as_party(pharmacy, path).code == "share-not-found"
        assert holder.api.get(path, token=holder.phone.token).status == 401
    assert as_party(hospital, f"{WITH_US}/shr_x/document").code == "share-not-found"
    once = {"nonce": "the-very-same-nonce-again"}
    assert as_party(hospital, f"{WITH_US}/{share_id}/document", **once).status == 302
    assert as_party(hospital, f"{WITH_US}/{share_id}/document", **once).code == "signature-replayed"
    assert len(holder.reads()) == 1


def test_it_ends_by_its_holder_and_with_the_certificate(
    holder: Holder, hospital: Party, as_party: AsParty
) -> None:
    share_id, other = shared(holder, hospital), shared(holder, hospital)
    assert holder.revoke(share_id).status == 204
    assert as_party(hospital, f"{WITH_US}/{share_id}/document").code == "share-revoked"
    holder.becomes("revoke", CertificateStatus.REVOKED)
    assert as_party(hospital, f"{WITH_US}/{other}/document").code == "certificate-not-standing"
    assert as_party(hospital, f"{WITH_US}/{other}").json["standing"] == "revoked"
    assert holder.reads() == []


def test_the_institution_is_told_by_thin_events(holder: Holder, hospital: Party, town: Place) -> None:
    endpoint = f"{town.world.origin}/inbox"
    wiring.institutions().register(
        Registration(
            id=hospital.id,
            kind=Kind.HOSPITAL,
            name="机构",
            endpoint=endpoint,
            keys={hospital.key_name: hospital.public_key},
        )
    )
    share_id = shared(holder, hospital)
    holder.revoke(share_id)
    town.cloud.settle()
    told = [each.json for each in town.world.at("/inbox")]
    assert {each["type"] for each in told} == {
        "cn.zerotrip.share.created.v1",
        "cn.zerotrip.share.revoked.v1",
    }
    assert {each["data"]["href"] for each in told} == {f"{WITH_US}/{share_id}"}
    assert "租房备案" not in str(told)


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("number", range(1, 7))
def test_a_process_killed_anywhere_while_reading_costs_one_use_and_one_entry(
    holder: Holder, hospital: Party, as_party: AsParty, town: Place, number: int, moment: Moment
) -> None:
    share_id = shared(holder, hospital, uses=3)
    path = f"{WITH_US}/{share_id}/document"
    with contextlib.suppress(Died):
        town.cloud.live(lambda: as_party(hospital, path), Strike(number, moment, town.cloud.calls.die))
    assert as_party(hospital, path).status == 302
    assert holder.shares()[0]["usesLeft"] == 2
    assert len(holder.reads()) == 1


def test_a_relatives_share_stands_while_the_mandate_does_and_the_holder_sees_the_reads(
    phone: Phone, clock: HeldClock, api: Api, town: Place, hospital: Party, as_party: AsParty
) -> None:
    elder = Relative("王芳", an_identity_number())
    mandate = by_own_face(phone, elder).json["id"]
    person = wiring.mandates().store.find(mandate[-16:])
    assert person is not None
    told = {"mandate_id": mandate, "holder": "王*", "person_id": person.member_person_id}
    holder = Holder(api, phone, clock, *issue(phone, clock, **told))
    first, second = shared(holder, hospital), shared(holder, hospital)
    assert as_party(hospital, f"{WITH_US}/{first}").json["holder"] == "王*"
    assert as_party(hospital, f"{WITH_US}/{first}/document").status == 302
    assert holder.reads() == []
    theirs = api.get(f"/v2/findUsage?userCode={mandate}", token=phone.token).json["usages"]
    assert [each["caseId"] for each in theirs if each["kind"] == "certificate"] == [first]
    api.call("DELETE", f"/v1/mandates/{mandate}", token=phone.token)
    assert as_party(hospital, f"{WITH_US}/{second}/document").code == "share-revoked"
    assert holder.share().code == "mandate-ended"
