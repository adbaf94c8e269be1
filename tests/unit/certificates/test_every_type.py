"""Every type of the catalogue, over what the sandbox's offices tell of its people: a new one is judged as it comes."""

import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.certificates import catalogue, pdf
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.requests import Batch, Grounds
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.service.gathering import decision
from sandbox.people import Person
from tests import papers
from tests.offices import expected, facts_of, fitting, records, refused, reviewed
from tests.unit.certificates.test_long_life import press

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
KINDS = [kind for kind in catalogue.types().values() if not kind.paper]
MOST_BYTES = 45_000
"""Of a certificate that is stamped and carries all that validates it."""

EVENTS = {"issued": "facts-confirm", "rejected": "facts-contradict", "review": "facts-doubtful"}

every_type = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)


def test_the_twelve_and_some_that_are_still_paper_are_there() -> None:
    assert len(KINDS) >= 12
    assert len(catalogue.types()) > len(KINDS)


def gathered(kind: CertificateType, person: Person) -> Batch:
    """What a batch knows once every office that this type needs has answered."""
    told = facts_of(kind, person) or {}
    facts = {
        need.fact: Grounds(
            department_id=need.department_id,
            fact=need.fact,
            request_id="req_1",
            status="found" if need.fact in told else "not-found",
            value=dict(told[need.fact]) if need.fact in told else None,
            answered_at=NOW,
            proof="",
        )
        for need in kind.needs
    }
    return Batch(
        id="b",
        citizen_id="c",
        person_id="p",
        type_ids=(kind.id,),
        purpose="visa",
        consent_id="s",
        version=1,
        requested_at=NOW,
        due_by=NOW,
        facts=facts,
    )


@every_type
def test_every_office_answers_in_the_form_that_is_declared(kind: CertificateType) -> None:
    told = [facts for each in records().people.everybody if (facts := facts_of(kind, each))]
    assert len(told) > 20
    assert [facts for facts in told if not kind.fits(facts)] == []
    assert all(kind.region_code(facts) for facts in told)


@every_type
def test_some_people_get_it_and_others_are_refused_with_the_types_own_reason(kind: CertificateType) -> None:
    assert len(fitting(kind)) >= 5
    reasons = {rule.otherwise.code for rule in kind.rules}
    given = {reason.code for each in refused(kind) if (reason := kind.refusal(facts_of(kind, each) or {}))}
    assert given
    assert given <= reasons
    assert bool(reviewed(kind)) == bool(kind.review)


@every_type
def test_the_worker_decides_what_the_facts_mean_and_lets_people_look_before_it_refuses(
    kind: CertificateType,
) -> None:
    for person in records().people.everybody[::7]:
        ends, code = expected(kind, person)
        event, reason = decision(kind, gathered(kind, person))
        assert (event, reason and reason.code) == (EVENTS[ends], code)


@every_type
def test_a_fitting_persons_certificate_is_one_page_that_says_it_all_and_stays_small(
    kind: CertificateType, tmp_path: Path
) -> None:
    holder = fitting(kind)[-1]
    facts = facts_of(kind, holder) or {}
    region = catalogue.region_name(kind.region_code(facts) or "")
    content = CertificateContent.model_validate(
        {
            "type_id": kind.id,
            "name": kind.name,
            "serial": f"{kind.serial_prefix}-330100-20261123-7W4Y8N1P",
            "holder_name": holder.real_name,
            "holder_id_number": holder.id_number,
            "region": region,
            "issuer": kind.issuer.for_region(region),
            "statement": kind.statement_of(facts, region, date(2026, 11, 23)),
            "lines": kind.lines_of(facts),
            "tables": kind.tables_of(facts),
            "as_of": date(2026, 11, 23),
            "issued_at": NOW,
            "valid_until": date(2027, 2, 21),
            "verify_url": "https://api.example.cn/v/cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P#9f86d081884c7d65",
        }
    )
    assert content.lines
    assert all("{" not in words for words in (content.statement.zh, content.statement.en))
    strong = content.statement.strong
    assert strong
    assert strong.zh in content.statement.zh
    assert strong.en in content.statement.en
    page = pdf.render(content)
    assert page.count(b"/Type/Page/") + page.count(b"/Type /Page ") == 1
    signed = press().certify(content, kind.signature_box)
    assert len(signed) <= MOST_BYTES
    assert papers.verdict_for_long(signed, NOW).bottom_line
    place = random.Random(kind.id).choice(papers.signed_ranges(signed)[0])
    assert not papers.accepted(signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :], NOW)
    (tmp_path / "signed.pdf").write_bytes(signed)
    assert "Signature is Valid." in papers.poppler("pdfsig", str(tmp_path / "signed.pdf"))
