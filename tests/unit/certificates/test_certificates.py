"""Certificates through the API: the catalogue, requests, status, lists, download."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from chalicelib import wiring
from tests.api import Api, ApiAnswer
from tests.certificates import NO_HOUSE, ONE_HOUSE, Registry, trust_documents
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import PaymentApp, World


@pytest.fixture
def registry(world: World, cloud: Cloud) -> Registry:
    trust_documents()
    return Registry(world)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock, registry: Registry) -> Phone:
    someone = Phone(api, payment_app)
    registry.knows(someone.number, someone.name, NO_HOUSE)
    someone.log_in()
    return someone


def request(phone: Phone, verification_id: str | None = None, **changes: object) -> ApiAnswer:
    asked: dict[str, object] = {
        "types": ["no-house"],
        "verificationId": verification_id or phone.verified("certificates"),
        "purpose": "school-enrolment",
    }
    return phone.api.post("/v1/certificates", asked | changes, token=phone.token)


def issued(phone: Phone, cloud: Cloud) -> str:
    certificate_id: str = request(phone).json["items"][0]["id"]
    cloud.settle()
    return certificate_id


def test_the_catalogue_says_what_each_certificate_needs(api: Api) -> None:
    kinds = {each["id"]: each for each in api.get("/v1/certificate-types").json["items"]}
    kind = kinds["no-house"]
    assert kind["name"] == {"zh": "无房证明", "en": "Certificate of No House Ownership"}
    (need,) = kind["needs"]
    assert (need["departmentId"], need["fact"]) == ("real-estate", "house-ownership")
    assert (kind["statutoryDays"], kind["stillPaper"]) == (5, None)
    assert "二百一十八" in kind["legalBasis"][0]["zh"]
    assert len(kinds) >= 12
    paper = kinds["death"]
    assert paper["needs"] == []
    assert {"zh", "en"} < set(paper["stillPaper"])
    assert "医疗卫生机构" in paper["stillPaper"]["where"]["zh"]
    assert {"code": "school-enrolment", "zh": "子女入学", "en": "School enrolment"} in kind["purposes"]


def test_a_request_is_accepted_and_issued_meanwhile(phone: Phone, cloud: Cloud) -> None:
    answer = request(phone)
    assert answer.status == 202
    (item,) = answer.json["items"]
    assert (item["type"], item["status"], item["interval"]) == ("no-house", "gathering", 1)
    cloud.settle()
    seen = phone.api.get(f"/v1/certificates/{item['id']}", token=phone.token).json
    assert (seen["status"], seen["reason"], seen["formats"]) == ("issued", None, ["pdf", "sd-jwt", "json"])
    assert seen["typeName"]["zh"] == "无房证明"
    assert seen["serial"].startswith("WF-330100-")
    assert seen["issuedAt"].endswith("Z")
    assert seen["validUntil"].endswith("T15:59:59.000Z")
    assert cloud.dead_letters() == []


def test_a_refusal_comes_with_its_reason_in_both_languages(
    phone: Phone, cloud: Cloud, registry: Registry
) -> None:
    registry.knows(phone.number, phone.name, ONE_HOUSE)
    seen = phone.api.get(f"/v1/certificates/{issued(phone, cloud)}", token=phone.token).json
    assert (seen["status"], seen["serial"]) == ("rejected", None)
    assert seen["reason"]["code"] == "house-registered"
    assert {"zh", "en"} < set(seen["reason"])


def test_the_citizen_is_told(phone: Phone, cloud: Cloud) -> None:
    certificate_id = issued(phone, cloud)
    notices = phone.api.get("/v1/notices", token=phone.token).json["items"]
    assert ("certificate-issued", certificate_id) in [(each["kind"], each["about"]) for each in notices]


def test_my_certificates_are_listed_newest_first_page_by_page(
    phone: Phone, cloud: Cloud, clock: HeldClock
) -> None:
    made = []
    for _ in range(3):
        made.append(request(phone).json["items"][0]["id"])
        clock.turn(seconds=1)
    first = phone.api.get("/v1/certificates?limit=2", token=phone.token).json
    rest = phone.api.get(f"/v1/certificates?limit=2&cursor={first['cursor']}", token=phone.token).json
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert rest["cursor"] is None


def test_the_download_is_a_signed_address_that_lives_five_minutes(phone: Phone, cloud: Cloud) -> None:
    answer = phone.api.get(f"/v1/certificates/{issued(phone, cloud)}/download?format=pdf", token=phone.token)
    assert answer.status == 302
    address = urlsplit(answer.headers["location"])
    parameters = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert int(parameters["X-Amz-Expires"]) <= 300
    assert parameters["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    disposition = parameters["response-content-disposition"]
    assert unquote(disposition.partition("filename*=UTF-8''")[2]).startswith("无房证明-WF-330100-")
    for secret in (phone.number, phone.name):
        assert secret not in unquote(answer.headers["location"])


def test_a_page_may_have_the_address_as_json(phone: Phone, cloud: Cloud, clock: HeldClock) -> None:
    path = f"/v1/certificates/{issued(phone, cloud)}/download?redirect=false"
    answer = phone.api.get(path, token=phone.token)
    assert answer.status == 200
    assert urlsplit(answer.json["url"]).path.endswith(".pdf")
    assert answer.json["expiresAt"] > clock().isoformat()


def test_each_form_can_be_downloaded(phone: Phone, cloud: Cloud) -> None:
    own = f"/v1/certificates/{issued(phone, cloud)}"
    formats = phone.api.get(own, token=phone.token).json["formats"]
    links = [
        phone.api.get(f"{own}/download?redirect=false&format={each}", token=phone.token) for each in formats
    ]
    assert [each.status for each in links] == [200] * len(formats)
    assert len({urlsplit(each.json["url"]).path for each in links}) == len(formats) == 3


def test_another_format_is_refused(phone: Phone, cloud: Cloud) -> None:
    answer = phone.api.get(f"/v1/certificates/{issued(phone, cloud)}/download?format=docx", token=phone.token)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/format")


def test_a_number_is_told_only_once_the_paper_is_there(
    phone: Phone, cloud: Cloud, registry: Registry
) -> None:
    wiring.certificate_bucket().put(wiring.DOCUMENT_CHAIN, b"not a chain", "application/x-pem-file")
    seen = phone.api.get(f"/v1/certificates/{issued(phone, cloud)}", token=phone.token).json
    assert (seen["status"], seen["serial"], seen["issuedAt"]) == ("gathering", None, None)


def test_nothing_can_be_downloaded_before_it_is_issued(phone: Phone) -> None:
    certificate_id = request(phone).json["items"][0]["id"]
    answer = phone.api.get(f"/v1/certificates/{certificate_id}/download", token=phone.token)
    assert (answer.status, answer.code) == (409, "certificate-not-ready")


@pytest.mark.parametrize("path", ["", "/download"])
def test_somebody_elses_certificate_is_not_there(
    path: str, phone: Phone, cloud: Cloud, api: Api, payment_app: PaymentApp
) -> None:
    stranger = Phone(api, payment_app)
    stranger.log_in()
    answer = api.get(f"/v1/certificates/{issued(phone, cloud)}{path}", token=stranger.token)
    assert (answer.status, answer.code) == (404, "certificate-not-found")
    assert api.get("/v1/certificates", token=stranger.token).json == {"items": [], "cursor": None}


def test_an_unknown_type_is_refused_and_nothing_is_requested(phone: Phone, cloud: Cloud) -> None:
    answer = request(phone, types=["no-house", "no-worries"])
    assert (answer.status, answer.code) == (422, "certificate-type-unknown")
    assert answer.json["errors"] == [{"pointer": "/types/1", "detail": "is not in the catalogue"}]
    assert phone.api.get("/v1/certificates", token=phone.token).json["items"] == []


def test_a_verification_for_another_purpose_does_not_serve(phone: Phone) -> None:
    answer = request(phone, phone.verified("bind-card"))
    assert (answer.status, answer.code) == (409, "verification-purpose")


def test_an_identity_verification_serves_certificates_too(phone: Phone) -> None:
    assert request(phone, phone.verified("identity")).status == 202


def test_somebody_elses_verification_does_not_serve(phone: Phone, api: Api, payment_app: PaymentApp) -> None:
    stranger = Phone(api, payment_app)
    stranger.log_in()
    answer = request(stranger, phone.verified("certificates"))
    assert (answer.status, answer.code) == (404, "verification-not-found")


def test_a_face_that_failed_does_not_serve(phone: Phone) -> None:
    phone.passed = "F"
    answer = request(phone, phone.verified("certificates"))
    assert (answer.status, answer.code) == (409, "face-not-passed")


def test_an_old_verification_does_not_serve(phone: Phone, clock: HeldClock) -> None:
    verification_id = phone.verified("certificates")
    clock.turn(minutes=31)
    phone.log_in()
    answer = request(phone, verification_id)
    assert (answer.status, answer.code) == (410, "verification-expired")


@pytest.mark.parametrize("purpose", ["", "x" * 61, "a\nb", " x", "\u202ex", "生僻\U0002c0a9", "😀"])
def test_a_purpose_that_cannot_be_printed_is_refused(purpose: str, phone: Phone) -> None:
    answer = request(phone, "face_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", purpose=purpose)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/purpose")


@pytest.mark.parametrize(
    "changes", [{"types": []}, {"types": ["no-house"] * 13}, {"subject": "psn_other"}, {"x": 1}]
)
def test_a_malformed_request_is_refused(changes: dict[str, object], phone: Phone) -> None:
    assert request(phone, "face_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", **changes).status == 422


@pytest.mark.parametrize("count", [0, 13, 100])
def test_too_few_or_too_many_types_are_refused(count: int, phone: Phone) -> None:
    answer = request(phone, "face_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", types=["no-house"] * count)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/types")


def test_a_type_named_twice_is_one_request(phone: Phone) -> None:
    answer = request(phone, types=["no-house", "household", "no-house"])
    assert [each["type"] for each in answer.json["items"]] == ["no-house", "household"]


def test_the_identifier_and_the_laws_clock_are_told(phone: Phone, cloud: Cloud) -> None:
    seen = phone.api.get(f"/v1/certificates/{issued(phone, cloud)}", token=phone.token).json
    assert (seen["standing"], seen["interval"]) == ("valid", None)
    assert seen["dueBy"].endswith("T15:59:59.000Z")
    assert seen["certificateId"].startswith("cert_")
    again = request(phone, purpose="house-purchase").json["items"][0]["id"]
    cloud.settle()
    other = phone.api.get(f"/v1/certificates/{again}", token=phone.token).json
    assert (other["id"], other["certificateId"]) == (again, seen["certificateId"])


def test_without_a_session_nothing_is_told(api: Api, cloud: Cloud) -> None:
    for path in ("/v1/certificates", "/v1/certificates/cert_x", "/v1/certificates/cert_x/download"):
        assert api.get(path).status == 401
