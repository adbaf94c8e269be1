"""Rules and names of certificates, without any cloud."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from chalicelib.certificates import catalogue
from chalicelib.certificates.catalogue import codes
from chalicelib.certificates.catalogue.working_days import calendar
from chalicelib.certificates.model.certificates import (
    check_character,
    end_of_validity,
    identifier,
    is_certificate_id,
    serial_number,
)
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.model.requests import (
    OPEN,
    TRANSITIONS,
    Grounds,
    RequestStatus,
    batch_id,
    facts_digest,
    request_id,
    request_prefix,
)
from chalicelib.types import id_pattern

NO_HOUSE = catalogue.types()["no-house"]
PROOF = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"
FACE = "face_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"


def content(**changes: object) -> CertificateContent:
    region = catalogue.region_name("330100")
    return CertificateContent(
        type_id="no-house",
        name=NO_HOUSE.name,
        serial="WF-330100-20261123-7W4Y8N1P",
        holder_name="张伟",
        holder_id_number="330106199003071237",
        region=region,
        issuer=NO_HOUSE.issuer.for_region(region),
        as_of=date(2026, 11, 23),
        issued_at=datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC),
        valid_until=date(2027, 2, 21),
    ).model_copy(update=changes)


def told(value: dict[str, Any]) -> Facts:
    return {"house-ownership": value}


def test_only_someone_without_a_house_passes() -> None:
    assert NO_HOUSE.refusal(told({"houses": 0})) is None


@pytest.mark.parametrize("value", [{"houses": 1}, {"houses": "0"}, {"houses": None}, {}])
def test_anything_else_is_refused(value: dict[str, object]) -> None:
    refusal = NO_HOUSE.refusal(told(value))
    assert refusal
    assert refusal.code == "house-registered"


def test_a_false_is_not_a_zero() -> None:
    assert NO_HOUSE.refusal(told({"houses": False})) is not None


def test_a_region_we_do_not_serve_is_printed_by_its_code() -> None:
    assert catalogue.region_name("330100").zh == "杭州市"
    assert "110000" in catalogue.region_name("110000").en


def test_a_purpose_in_ones_own_words_is_printed_as_it_is() -> None:
    assert NO_HOUSE.purpose_label("school-enrolment").zh == "子女入学"
    assert NO_HOUSE.purpose_label("参加摇号").en == "参加摇号"


def test_the_id_of_a_batch_follows_from_what_was_asked_for() -> None:
    first = batch_id(FACE, ["a", "b"], "p")
    assert batch_id(FACE, ["b", "a", "b"], "p") == first
    others = [
        batch_id(FACE, ["a"], "p"),
        batch_id(FACE, ["a", "b"], "q"),
        batch_id(FACE, ["a", "b"], "p", "mdt_1"),
    ]
    assert len({first, *others}) == 4
    assert re.match(id_pattern("crb"), first)
    assert first[4:14] == FACE[5:15]


def test_a_batchs_requests_lie_together() -> None:
    batch = batch_id(FACE, ["a", "b"], "p")
    made = [request_id(batch, each) for each in "ab"]
    assert len(set(made)) == 2
    assert all(re.match(id_pattern("crq"), each) and each.startswith(request_prefix(batch)) for each in made)


def grounds(fact: str, **value: str | int) -> Grounds:
    return Grounds(
        department_id="d",
        fact=fact,
        request_id=f"req_{fact}",
        status="found",
        value=dict(value),
        answered_at=datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC),
        proof=PROOF,
    )


def test_the_same_facts_are_the_same_however_and_whenever_they_were_told() -> None:
    one, two = grounds("f", a=1, b="x"), grounds("g", c=2)
    first = facts_digest("张伟", {"f": one, "g": two})
    later = one.model_copy(update={"proof": "another", "request_id": "req_2", "value": {"b": "x", "a": 1}})
    assert facts_digest("张伟", {"g": two, "f": later}) == first
    assert facts_digest("张三", {"f": one, "g": two}) != first
    assert facts_digest("张伟", {"f": grounds("f", a=2, b="x"), "g": two}) != first


def test_the_serial_counts_the_day_in_china() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    serial = serial_number("WF", "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", "330100", late)
    assert serial == "WF-330100-20261124-2R7W4Y8N1P"


@pytest.mark.parametrize(
    "known",
    [
        "11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
        "11100000000013338W011.11430000006122244L.20230000403.001.U",
    ],
)
def test_identifiers_that_offices_issued_have_the_check_character_that_we_compute(known: str) -> None:
    said, check = known.replace(".", "")[:-1], known[-1]
    assert check_character(said) == check == mod_37_36.calc_check_digit(said)


def test_an_identifier_names_root_type_issuer_number_and_edition() -> None:
    own = identifier("11330100M000000000001", "11330100M00000019W", "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P")
    head, _, check = own.rpartition(".")
    assert head == ("1.2.156.3005.2.11330100M000000000001.11330100M00000019W.01KAQ8ZJ6M3X5V9T2R7W4Y8N1P.001")
    assert mod_37_36.is_valid(own.removeprefix("1.2.156.3005.2.").replace(".", ""))
    assert len(check) == 1


def test_every_type_that_can_be_requested_has_codes_that_hold() -> None:
    for kind in catalogue.types().values():
        if kind.paper is None:
            issuer = codes.issuer_code(kind.department_id)
            assert re.fullmatch("[0-9A-Z]{18}[0-9]{3}", codes.type_code(kind) or ""), kind.id
            assert issuer, kind.id
            assert uscc.is_valid(issuer), kind.id


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-11-23T04:00:00Z", 5, "2026-11-30"),  # a Monday
        ("2026-11-20T04:00:00Z", 1, "2026-11-23"),  # over a weekend
        ("2026-11-20T16:30:00Z", 1, "2026-11-23"),  # a Saturday in China already
        ("2026-09-24T04:00:00Z", 1, "2026-09-28"),  # Mid-Autumn
        ("2026-09-30T04:00:00Z", 2, "2026-10-09"),  # the golden week
        ("2026-10-09T04:00:00Z", 1, "2026-10-10"),  # a Saturday that is worked for it
        ("2026-12-31T04:00:00Z", 1, "2027-01-04"),  # a year not arranged yet: New Year's Day and a weekend
    ],
)
def test_the_statutory_clock_counts_working_days(asked: str, days: int, due: str) -> None:
    moment = calendar().due_by(datetime.fromisoformat(asked), days)
    assert moment.isoformat() == f"{due}T23:59:59+08:00"


def test_validity_ends_with_its_last_day_in_china() -> None:
    issued = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert end_of_validity(issued, 90).astimezone(UTC) == datetime(2027, 2, 22, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes", [{"holder_name": "张三"}, {"serial": "X"}, {"valid_until": date(2030, 1, 1)}]
)
def test_the_verification_address_changes_with_anything_printed(changes: dict[str, object]) -> None:
    def address(each: CertificateContent) -> str:
        return each.verified_at("https://api.example.cn", "cert_1", each.digest(PROOF)).verify_url

    assert address(content()).startswith("https://api.example.cn/v/cert_1#")
    assert address(content()) == address(content())
    assert address(content(**changes)) != address(content())


def test_nobody_can_try_names_against_the_digest_without_the_departments_answer() -> None:
    assert content().digest(PROOF) == content().digest(PROOF)
    assert content().digest(PROOF) != content().digest("another answer")


@pytest.mark.parametrize(
    "text",
    ["", "cert_1", FACE, "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P\n", "cert_01kaq8zj6m3x5v9t2r7w4y8n1p", "../cert_x"],
)
def test_what_no_certificate_is_called_is_no_id(text: str) -> None:
    assert is_certificate_id("cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P")
    assert not is_certificate_id(text)


def test_an_event_leads_from_open_states_only() -> None:
    for sources, target in TRANSITIONS.values():
        assert set(sources) <= set(OPEN)
        assert target is not RequestStatus.GATHERING


def test_a_certificate_and_its_content_do_not_show_the_holder_when_printed_by_accident() -> None:
    assert "张伟" not in repr(content())
    assert "330106199003071237" not in repr(content())
