"""Service items, the ledger and applications through the API."""

import pytest

from tests.api import Api
from tests.citizens import Phone
from tests.matters import ITEM, QUOTA
from tests.unit.matters.conftest import Scene

APPLY = f"/v1/matters/{ITEM}/applications"
MINE = "/v1/matter-applications"


@pytest.fixture
def phone(scene: Scene) -> Phone:
    phone = Phone(Api(), scene.here.payment_app)
    scene.town.knows(phone.number, phone.name)
    return phone


def test_anyone_may_read_what_an_item_asks_for(scene: Scene) -> None:
    api = Api()
    listed = api.get("/v1/matters").json["items"]
    assert [each["code"] for each in listed] == sorted(each["code"] for each in listed)
    item = api.get(f"/v1/matters/{ITEM}").json
    assert item in listed
    assert (item["online"], item["trips"], item["statutoryDays"]) == (True, 0, 3)
    assert item["terms"] == {"quotaFen": QUOTA, "months": 3}
    assert item["tally"] == {"materials": 6, "api": 5, "paper": 1, "gapPercent": 17}
    assert api.get("/v1/matters/nothing").code == "matter-not-found"


def test_the_ledger_counts_what_is_left_and_what_was_spared(scene: Scene, phone: Phone) -> None:
    before = phone.api.get("/v1/once-only").json
    assert before["usage"] == {"decided": 0, "spared": 0, "onPaper": 0}
    assert before["tally"]["paper"] == sum(each["tally"]["paper"] for each in before["departments"])
    phone.api.post(APPLY, {"verificationId": phone.verified("matters")}, token=phone.token)
    scene.cloud.settle()
    after = phone.api.get("/v1/once-only").json
    (used,) = [each["usage"] for each in after["items"] if each["usage"]["decided"]]
    assert used == after["usage"] == {"decided": 1, "spared": 5, "onPaper": 0}
    assert after["tally"] == before["tally"]


def test_an_application_is_followed_to_its_money(scene: Scene, phone: Phone) -> None:
    scan = phone.verified("matters")
    body = {"verificationId": scan, "amountFen": 1_000_00}
    answer = phone.api.post(APPLY, body, token=phone.token, headers={"idempotency-key": "key-00000001"})
    assert (answer.status, answer.json["status"], answer.json["interval"]) == (202, "submitted", 2)
    again = phone.api.post(APPLY, body, token=phone.token, headers={"idempotency-key": "key-00000001"})
    assert again.json == answer.json
    scene.cloud.settle()
    seen = phone.api.get(f"{MINE}/{answer.json['id']}", token=phone.token).json
    assert (seen["status"], seen["amountFen"], seen["trips"], seen["onPaper"]) == ("paid", 1_000_00, 0, 0)
    assert seen["payment"]["accountMasked"]
    assert seen["appeal"] is None
    assert phone.api.get(MINE, token=phone.token).json["items"] == [seen]
    kinds = [each["kind"] for each in phone.api.get("/v1/notices", token=phone.token).json["items"]]
    assert {"matter-approved", "matter-paid"} <= set(kinds)
    assert seen["consentId"].startswith("cns_")


def test_a_refusal_says_what_can_be_done_against_it(scene: Scene, phone: Phone) -> None:
    scene.town.knows(phone.number, phone.name, real_estate={"holds": False})
    made = phone.api.post(APPLY, {"verificationId": phone.verified()}, token=phone.token).json
    scene.cloud.settle()
    seen = phone.api.get(f"{MINE}/{made['id']}", token=phone.token).json
    assert seen["reason"]["code"] == "house-registered"
    assert seen["appeal"]["zh"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amountFen": 0}, "payload-invalid"),
        ({"amountFen": "100"}, "payload-invalid"),
        ({"amountFen": 100, "account": "1"}, "payload-invalid"),
        ({"verificationId": "face_01JAFACE000000000000000000"}, "verification-not-found"),
        ({}, "face-required"),
    ],
)
def test_what_is_no_application_is_refused(
    scene: Scene, phone: Phone, body: dict[str, object], code: str
) -> None:
    phone.log_in()
    assert phone.api.post(APPLY, body, token=phone.token).code == code


def test_a_scan_for_something_else_is_no_consent(scene: Scene, phone: Phone) -> None:
    scan = phone.verified("bind-card")
    answer = phone.api.post(APPLY, {"verificationId": scan}, token=phone.token)
    assert answer.code == "verification-purpose"


def test_what_is_not_there_or_not_online_says_so(scene: Scene, phone: Phone) -> None:
    body = {"verificationId": phone.verified()}
    for item, code in (("nothing", "matter-not-found"), ("veteran-card", "matter-not-online")):
        assert phone.api.post(f"/v1/matters/{item}/applications", body, token=phone.token).code == code
    assert phone.api.get(f"{MINE}/map_x", token=phone.token).code == "application-not-found"
