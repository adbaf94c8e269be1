"""Rules and names of certificates, without any cloud."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.certificates import catalogue
from chalicelib.certificates.model.certificates import (
    OPEN,
    TRANSITIONS,
    CertificateStatus,
    certificate_id,
    end_of_validity,
    is_certificate_id,
    serial_number,
)
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
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
        purpose=NO_HOUSE.purpose_label("school-enrolment"),
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


def test_the_id_follows_from_verification_type_and_purpose() -> None:
    first = certificate_id(FACE, "no-house", "a")
    assert certificate_id(FACE, "no-house", "a") == first
    assert len({first, certificate_id(FACE, "no-house", "b"), certificate_id(FACE, "other", "a")}) == 3
    assert re.match(id_pattern("cert"), first)
    assert first[5:15] == FACE[5:15]


def test_the_serial_counts_the_day_in_china() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    serial = serial_number(NO_HOUSE, "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", "330100", late)
    assert serial == "WF-330100-20261124-7W4Y8N1P"


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
    assert is_certificate_id(certificate_id(FACE, "no-house", "a"))
    assert not is_certificate_id(text)


def test_an_event_leads_from_open_states_only() -> None:
    for sources, target in TRANSITIONS.values():
        assert set(sources) <= set(OPEN)
        assert target is not CertificateStatus.GATHERING


def test_a_certificate_and_its_content_do_not_show_the_holder_when_printed_by_accident() -> None:
    assert "张伟" not in repr(content())
    assert "330106199003071237" not in repr(content())
