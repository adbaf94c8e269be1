"""The department that issued a certificate withdraws it: who may, what follows, and what anyone is told."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from token_status_list import BitArray

from chalicelib import wiring
from chalicelib.certificates.errors import CertificateRevoked
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus
from chalicelib.certificates.model.withdrawals import STATUS, Act
from chalicelib.certificates.service.reasons import reasons
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.certificates.store.holders import HolderStore
from chalicelib.institutions.model import Institution, Kind
from chalicelib.notices.model import Notice
from chalicelib.types import new_id, rfc3339
from tests.api import Api, ApiAnswer
from tests.appointments import Killed
from tests.certificates import a_certificate, trust_documents
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Party
from tests.parties import a_party, a_registrar
from tests.unit.certificates.test_status_lists import claims, killed_before

CITIZEN, REQUEST = "ctz_01JABCDEFGHJKMNPQRSTVWXYZ0", "crq_01JABCDEFGHJKMNPQRSTVWXYZ0"
WHY = {Act.REVOKE: "facts-changed", Act.SUSPEND: "under-verification", Act.RESUME: "verified"}


@pytest.fixture
def registrar(cloud: Cloud) -> Party:
    return a_registrar()


@pytest.fixture
def paper(cloud: Cloud, clock: HeldClock) -> str:
    """A certificate that somebody was given."""
    trust_documents()
    made = a_certificate()
    HolderStore(wiring.core_table()).add(made.id, REQUEST, CITIZEN)
    cloud.settle()
    return made.id


def heard() -> list[Notice]:
    """What its holder was told, the newest first."""
    return wiring.notices().list_own(CITIZEN, 20)[0]


def sent(api: Api, party: Party, clock: HeldClock, paper: str, act: str, **told: Any) -> ApiAnswer:
    path, signing = f"/v1/institutions/me/certificates/{paper}/{act}", told.pop("signing", {})
    raw = json.dumps({"reason": WHY.get(act), **told}).encode()  # type: ignore[call-overload]
    return api.post(path, raw, headers=party.headers("POST", path, raw, now=clock().timestamp(), **signing))


def shown(api: Api, paper: str) -> int:
    """What the list says of the certificate, by another decoder than ours."""
    place = api.get(f"/v1/verify/{paper}").json["statusList"]
    token = api.get(place["uri"].partition("://")[2].partition("/")[2].join(("/", ""))).body
    return int(BitArray.load(claims(token)["status_list"])[place["index"]])


def test_a_certificate_is_suspended_resumed_and_revoked_for_good_and_everybody_sees_it(
    api: Api, registrar: Party, clock: HeldClock, paper: str, cloud: Cloud
) -> None:
    seen = []
    for act, status, bits in (("suspend", "suspended", 2), ("resume", "valid", 0), ("revoke", "revoked", 1)):
        clock.turn(minutes=5)
        answer = sent(api, registrar, clock, paper, act, note="档号 7")
        assert (answer.status, answer.json["status"], answer.json["since"]) == (200, status, rfc3339(clock()))
        cloud.settle()
        verified = api.get(f"/v1/verify/{paper}").json
        assert (verified["status"], verified["since"]) == (status, rfc3339(clock()))
        assert verified["reason"] == {"code": WHY[Act(act)], **_words(WHY[Act(act)])}
        assert shown(api, paper) == bits
        seen.append((clock(), status))
    for at, status in seen:
        assert api.get(f"/v1/verify/{paper}?at={rfc3339(at)}").json["status"] == status
        before = api.get(f"/v1/verify/{paper}?at={rfc3339(at - timedelta(seconds=1))}").json["status"]
        assert before == {"suspended": "valid", "valid": "suspended", "revoked": "valid"}[status]
    kinds = [each.kind for each in heard()]
    assert kinds == ["certificate-revoked", "certificate-resumed", "certificate-suspended"]
    assert {each.about for each in heard()} == {REQUEST}
    assert heard()[0].names == {
        "reason_zh": "据以签发的登记事项已发生变化",
        "reason_en": _words("facts-changed")["en"],
    }
    trail = [each for each in cloud.items() if each["pk"]["S"] == f"AUDIT#CERTIFICATE#{paper}"]
    changes = [(each["before"].get("S"), each["after"]["S"]) for each in sorted(trail, key=_sequence)]
    assert changes[-3:] == [("valid", "suspended"), ("suspended", "valid"), ("valid", "revoked")]
    for act in ("suspend", "resume"):
        clock.turn(seconds=1)
        refused = sent(api, registrar, clock, paper, act)
        assert (refused.status, refused.code) == (409, "certificate-revoked")


def test_doing_it_again_changes_nothing(
    api: Api, registrar: Party, clock: HeldClock, paper: str, cloud: Cloud
) -> None:
    first = sent(api, registrar, clock, paper, "revoke")
    cloud.settle()
    clock.turn(minutes=1)
    again = sent(api, registrar, clock, paper, "revoke", reason="issued-in-error")
    cloud.settle()
    assert again.json == first.json
    assert [each.kind for each in heard()] == ["certificate-revoked"]
    clock.turn(seconds=1)
    assert sent(api, registrar, clock, paper, "revoke").status == 200


def test_an_old_request_sent_again_is_refused(
    api: Api, registrar: Party, clock: HeldClock, paper: str
) -> None:
    path, raw = f"/v1/institutions/me/certificates/{paper}/suspend", b'{"reason":"under-verification"}'
    headers = registrar.headers("POST", path, raw, now=clock().timestamp())
    assert api.post(path, raw, headers=headers).status == 200
    clock.turn(seconds=1)
    sent(api, registrar, clock, paper, "resume")
    again = api.post(path, raw, headers=headers)
    assert (again.status, again.code) == (401, "signature-replayed")
    assert api.get(f"/v1/verify/{paper}").json["status"] == "valid"


def test_nobody_but_the_issuing_department_learns_that_there_is_one(
    api: Api, registrar: Party, clock: HeldClock, paper: str, cloud: Cloud
) -> None:
    hospital, veterans = a_party("hos_01JAHASPTA00000000000000AB"), a_registrar("veterans")
    nobodys = new_id("cert", clock())
    before = cloud.items()
    asked = ((hospital, paper), (veterans, paper), (registrar, nobodys), (registrar, "x"))
    answers = [sent(api, party, clock, about, "revoke") for party, about in asked]
    told = [{**each.json, "instance": ""} for each in answers]
    assert [each for each in told if each != told[0]] == []
    assert (told[0]["status"], told[0]["code"]) == (404, "certificate-not-found")
    assert [item for item in cloud.items() if item not in before and "NONCE" in item["pk"]["S"]] == []
    assert api.get(f"/v1/verify/{paper}").json["status"] == "valid"


def test_a_reason_must_be_one_for_the_act(api: Api, registrar: Party, clock: HeldClock, paper: str) -> None:
    for act, told in (
        ("revoke", {"reason": "under-verification"}),
        ("suspend", {"reason": "facts-changed"}),
        ("resume", {"reason": "withdrawn"}),
        ("revoke", {"reason": "because"}),
        ("revoke", {"reason": ""}),
        ("revoke", {"reason": "facts-changed", "note": "x" * 201}),
        ("revoke", {"reason": "facts-changed", "more": 1}),
    ):
        assert sent(api, registrar, clock, paper, act, **told).status == 422
    assert api.get(f"/v1/verify/{paper}").json["status"] == "valid"


def test_what_a_reason_says_of_the_holder_and_the_note_are_told_to_nobody(
    api: Api, registrar: Party, clock: HeldClock, paper: str, cloud: Cloud, log_lines: Any
) -> None:
    log_lines()
    sent(api, registrar, clock, paper, "revoke", reason="obtained-by-deceit", note="案号 2026-17")
    cloud.settle()
    verified = api.get(f"/v1/verify/{paper}")
    assert verified.json["reason"]["code"] == "withdrawn"
    for text in (verified.body.decode(), str(heard()), log_lines()):
        assert "案号" not in text
        assert "虚假" not in text
    kept = CertificateStore(wiring.core_table()).find(paper)
    assert kept is not None
    assert (kept.changes[-1].reason, kept.changes[-1].note, kept.changes[-1].by) == (
        "obtained-by-deceit",
        "案号 2026-17",
        "real-estate",
    )


def test_every_reason_is_in_both_languages_and_tells_what_can_be_told() -> None:
    for code, why in reasons().items():
        assert why.zh
        assert why.en
        assert why.told_as is None or reasons()[why.told_as].told_as is None, code
    for act in Act:
        assert [code for code, why in reasons().items() if act in why.acts]


# -- whatever happens on the way
def withdraw(act: Act, paper: str, clock: HeldClock) -> Certificate:
    """The department's call as a process serves it."""
    caller = Institution(
        id="real-estate",
        kind=Kind.DEPARTMENT,
        name="部门",
        key_id="real-estate#k1",
        nonce=new_id("n", clock()),
        expires=int(clock().timestamp()) + 60,
    )
    return wiring.withdrawing().withdraw(caller, paper, act, WHY[act])


def agree(api: Api, paper: str, cloud: Cloud) -> CertificateStatus:
    """After a sweep record, verification and list say the same."""
    cloud.sweep()
    kept = CertificateStore(wiring.core_table()).find(paper)
    assert kept is not None
    assert api.get(f"/v1/verify/{paper}").json["status"] == kept.status.value
    assert shown(api, paper) == STATUS[kept.status]
    return kept.status


def test_killed_before_any_call_it_is_done_or_not_and_all_agree(
    api: Api, paper: str, clock: HeldClock, cloud: Cloud
) -> None:
    number, act, alive = 0, Act.SUSPEND, False
    while not alive:
        clock.turn(minutes=1)
        try:
            with killed_before(number, []):
                withdraw(act, paper, clock)
            alive = True
        except Killed:
            assert agree(api, paper, cloud) is CertificateStatus.VALID
        number += 1
    assert number == 6  # own, nonce, again as it stands, who was given it, the transaction: and then it lived
    assert agree(api, paper, cloud) is CertificateStatus.SUSPENDED


@pytest.mark.parametrize(("first", "second"), [*product((Act.REVOKE, Act.SUSPEND), repeat=2)])
def test_of_two_at_once_both_are_heard_and_revoked_wins(
    api: Api,
    paper: str,
    clock: HeldClock,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    first: Act,
    second: Act,
) -> None:
    find = CertificateStore.find
    waiting = [lambda: withdraw(first, paper, clock)]
    reads = []

    def overtaken(store: CertificateStore, certificate_id: str) -> Certificate | None:
        """Read, and be overtaken before anything is done with it; the first read only knows whose it is."""
        found = find(store, certificate_id)
        reads.append(found)
        if len(reads) == 2:
            waiting.pop()()
        return found

    monkeypatch.setattr(CertificateStore, "find", overtaken)
    try:
        withdraw(second, paper, clock)
    except CertificateRevoked:
        assert (first, second) == (Act.REVOKE, Act.SUSPEND)
    monkeypatch.undo()
    expected = CertificateStatus.REVOKED if Act.REVOKE in (first, second) else CertificateStatus.SUSPENDED
    assert agree(api, paper, cloud) is expected
    kept = CertificateStore(wiring.core_table()).find(paper)
    assert kept is not None
    changes = [each.status for each in kept.changes[2:]]
    assert changes == sorted(set(changes), key=changes.index)


def _words(code: str) -> dict[str, str]:
    return {"zh": reasons()[code].zh, "en": reasons()[code].en}


def _sequence(item: dict[str, Any]) -> str:
    return str(item["sk"]["S"])
