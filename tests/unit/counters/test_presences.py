"""The citizen scans the counter's code: what is shared, with whom alone, for how long, and where it is recorded."""

import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from chalicelib import wiring
from chalicelib.cards.model.decoding import PRESENCE_LIFE, BusinessType
from chalicelib.cards.service import presences
from chalicelib.errors import Unavailable
from chalicelib.platform.dynamo import transact
from chalicelib.types import rfc3339
from tests.api import Api, ApiAnswer
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.counters import PRESENCES, Counter, signed
from tests.fakes import Party, Sent, World
from tests.families import Relative, by_own_face
from tests.parties import PHARMACY, scan

ENDPOINT = "/pharmacy/inbox"


@pytest.fixture
def card(phone: Phone) -> str:
    """The id of the phone's card."""
    card_id: str = phone.card()["id"]
    return card_id


def arrived(counter: Counter, phone: Phone, card: str, business_type: str = "02121") -> str:
    presence_id: str = counter.share(phone, card, counter.code(business_type)).json["id"]
    return presence_id


def claims(answer: ApiAnswer) -> dict[str, Any]:
    """The presence token's claims, checked by a library with our published key."""
    key = ECKey.import_key(wiring.tokens().signer.jwk)  # type: ignore[arg-type]
    decoded = jwt.decode(answer.json["presenceToken"], key)
    assert decoded.header["typ"] == "presence+jwt"
    return decoded.claims


def usages(api: Api, phone: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/v1/usages", token=phone.token).json["items"]
    return found


# -- sharing
def test_the_citizen_sees_with_whom_they_shared_what_and_until_when(
    counter: Counter, phone: Phone, card: str, clock: HeldClock
) -> None:
    answer = counter.share(phone, card, counter.code())
    assert answer.status == 201
    assert answer.json == {
        "id": answer.json["id"],
        "institution": {"id": PHARMACY, "name": "机构"},
        "officeId": "of-1",
        "businessType": "02121",
        "purpose": {"zh": "药店购药", "en": "Purchase at a pharmacy"},
        "attributes": ["holder", "realName", "idNumber"],
        "expiresAt": rfc3339(clock() + PRESENCE_LIFE),
    }
    assert answer.json["id"].startswith("prs_")


def test_it_is_in_the_usage_log_at_once_before_anybody_picked_it_up(
    api: Api, counter: Counter, phone: Phone, card: str
) -> None:
    arrived(counter, phone, card)
    (entry,) = usages(api, phone)
    assert (entry["kind"], entry["cardId"], entry["businessType"]) == ("counter", card, "02121")
    assert entry["institution"] == {"id": PHARMACY, "name": "机构"}
    assert entry["attributes"] == ["holder", "realName", "idNumber"]
    assert entry["terminal"] == {"officeId": "of-1", "deviceId": "dev-1", "operatorId": None}


def test_scanning_again_while_it_lasts_is_the_same_presence_and_one_entry(
    api: Api, counter: Counter, phone: Phone, card: str, cloud: Cloud, clock: HeldClock
) -> None:
    code = counter.code()
    first = counter.share(phone, card, code)
    before = cloud.items()
    clock.turn(minutes=9, seconds=59)
    again = counter.share(phone, card, code)
    assert (again.status, again.json) == (201, first.json)
    assert cloud.items() == before


def test_scanning_again_after_it_is_another(
    api: Api, counter: Counter, phone: Phone, card: str, clock: HeldClock
) -> None:
    code = counter.code()
    first = counter.share(phone, card, code)
    clock.turn(minutes=10)
    again = counter.share(phone, card, code)
    assert again.json["id"] != first.json["id"]
    assert len(usages(api, phone)) == 2


def test_two_counters_and_two_people_are_presences_of_their_own(
    counter: Counter, phone: Phone, other: Phone, card: str
) -> None:
    others = other.card()["id"]
    codes = counter.code("02121"), counter.code("02122")
    ids = {
        counter.share(who, each, code).json["id"]
        for who, each in ((phone, card), (other, others))
        for code in codes
    }
    assert len(ids) == 4


def test_an_idempotency_key_gets_the_first_answer_again(counter: Counter, phone: Phone, card: str) -> None:
    code = counter.code()
    key = {"idempotency-key": "share-0001"}
    first = counter.share(phone, card, code, **key)
    again = counter.share(phone, card, code, **key)
    assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
    assert counter.share(phone, card, counter.code("02122"), **key).code == "idempotency-key-reused"


def test_two_requests_at_the_same_moment_are_one_presence(
    api: Api, counter: Counter, phone: Phone, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looked before the first had written: it is told to ask again, and meets the first."""
    code = counter.code()
    first = counter.share(phone, card, code)
    store = type(wiring.presences().store)
    with monkeypatch.context() as patch:
        patch.setattr(store, "last", lambda *_: None)
        late = counter.share(phone, card, code)
    assert (late.status, late.code) == (503, "unavailable")
    assert counter.share(phone, card, code).json == first.json
    assert len(usages(api, phone)) == 1


def test_what_was_written_and_whose_answer_was_lost_is_met_again(
    api: Api, counter: Counter, phone: Phone, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats a transaction whose answer it did not get."""

    def twice(writes: Any) -> None:
        batch = list(writes)
        transact(batch)
        transact(batch)

    monkeypatch.setattr(presences, "transact", twice)
    assert counter.share(phone, card, counter.code()).status == 201
    assert len(usages(api, phone)) == 1


# -- refusing
@pytest.mark.parametrize(
    "change", [lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), lambda _: "SCC:"]
)
def test_a_forged_code_shares_nothing(
    counter: Counter, phone: Phone, card: str, cloud: Cloud, change: Any
) -> None:
    code = change(counter.code())
    before = cloud.items()
    answer = counter.share(phone, card, code)
    assert (answer.status, answer.code) == (422, "counter-code-invalid")
    assert cloud.items() == before


def test_a_withdrawn_code_shares_nothing(counter: Counter, phone: Phone, card: str, cloud: Cloud) -> None:
    made = counter.put_up().json
    counter.withdraw(made["id"])
    before = cloud.items()
    answer = counter.share(phone, card, made["code"])
    assert (answer.status, answer.code) == (410, "counter-code-withdrawn")
    assert cloud.items() == before


def test_a_suspended_card_is_not_shared(api: Api, counter: Counter, phone: Phone, card: str) -> None:
    assert api.post(f"/v1/cards/{card}/suspend", {"reason": "lost"}, token=phone.token).status == 200
    answer = counter.share(phone, card, counter.code())
    assert (answer.status, answer.code) == (409, "card-suspended")
    assert usages(api, phone) == []


def test_nobody_shares_anothers_card(counter: Counter, phone: Phone, other: Phone, card: str) -> None:
    other.log_in()
    answer = counter.share(other, card, counter.code())
    assert (answer.status, answer.code) == (404, "card-not-found")


# -- who waits
def test_the_counter_sees_who_waits_newest_first(
    counter: Counter, phone: Phone, other: Phone, card: str, clock: HeldClock
) -> None:
    first, at = arrived(counter, phone, card), clock()
    clock.turn(seconds=30)
    second = arrived(counter, other, other.card()["id"], "02122")
    answer = counter.waiting()
    assert answer.json["cursor"] is None
    assert [each["id"] for each in answer.json["items"]] == [second, first]
    assert answer.json["items"][1] == {
        "id": first,
        "officeId": "of-1",
        "deviceId": "dev-1",
        "businessType": "02121",
        "holder": "张*",
        "arrivedAt": rfc3339(at),
        "expiresAt": rfc3339(at + PRESENCE_LIFE),
    }


def test_who_came_longer_ago_waits_no_more(
    counter: Counter, phone: Phone, card: str, clock: HeldClock
) -> None:
    arrived(counter, phone, card)
    clock.turn(minutes=10)
    assert counter.waiting().json == {"items": [], "cursor": None}


def test_the_list_goes_on_where_it_left_off_and_ends_with_who_waits(
    counter: Counter, phone: Phone, card: str, clock: HeldClock
) -> None:
    """Two are over, two wait: no page leads on to those that are over."""
    ids = []
    for business_type in ("01101", "01102", "01103", "01104"):
        ids.append(arrived(counter, phone, card, business_type))
        clock.turn(minutes=4)
    newest = counter.waiting("limit=1").json
    assert [each["id"] for each in newest["items"]] == [ids[3]]
    rest = counter.waiting(f"cursor={newest['cursor']}&limit=2").json
    assert [each["id"] for each in rest["items"]] == [ids[2]]
    assert rest["cursor"] is None


def test_another_institutions_cursor_leads_nowhere(
    api: Api, clock: HeldClock, counter: Counter, hospital: Party, phone: Phone, card: str
) -> None:
    arrived(counter, phone, card, "01101")
    arrived(counter, phone, card, "01102")
    cursor = counter.waiting("limit=1").json["cursor"]
    assert Counter(api, clock, hospital).waiting(f"cursor={cursor}").code == "payload-invalid"


def test_nobody_else_sees_who_waits(
    api: Api, clock: HeldClock, counter: Counter, hospital: Party, phone: Phone, card: str
) -> None:
    presence_id = arrived(counter, phone, card)
    assert Counter(api, clock, hospital).waiting().json["items"] == []
    answer = Counter(api, clock, hospital).pick_up(presence_id)
    assert (answer.status, answer.code) == (404, "presence-not-found")
    assert api.get(f"{PRESENCES}/{presence_id}", token=phone.token).code == "signature-missing"


# -- picking up
def test_it_is_what_a_decode_would_have_told(
    api: Api, clock: HeldClock, counter: Counter, phone: Phone, card: str, pharmacy: Party
) -> None:
    presence_id = arrived(counter, phone, card)
    code = api.post(f"/v1/cards/{card}/codes", token=phone.token).json["code"]
    decoded, picked = scan(api, pharmacy, clock, code, "02121"), counter.pick_up(presence_id)
    assert picked.status == 200
    assert {**picked.json, "presenceToken": 0} == {**decoded.json, "presenceToken": 0}
    assert picked.json["attributes"] == {"holder": "张*", "realName": phone.name, "idNumber": phone.number}
    of_decode, of_presence = claims(decoded), claims(picked)
    assert of_presence["amr"] == ["counter"]
    assert of_presence["jti"] == presence_id
    differ = {"jti", "amr"}
    assert {name: of_presence[name] for name in of_presence.keys() - differ} == {
        name: of_decode[name] for name in of_decode.keys() - differ
    }


@pytest.mark.parametrize("business_type", list(BusinessType))
def test_every_errand_gets_what_a_decode_gets(
    api: Api,
    clock: HeldClock,
    counter: Counter,
    phone: Phone,
    card: str,
    pharmacy: Party,
    business_type: BusinessType,
) -> None:
    presence_id = arrived(counter, phone, card, business_type)
    code = api.post(f"/v1/cards/{card}/codes", token=phone.token).json["code"]
    decoded = scan(api, pharmacy, clock, code, business_type).json["attributes"]
    assert counter.pick_up(presence_id).json["attributes"] == decoded


def test_until_it_expires_it_is_the_same_again_and_then_gone(
    counter: Counter, phone: Phone, card: str, clock: HeldClock
) -> None:
    presence_id = arrived(counter, phone, card)
    first = counter.pick_up(presence_id)
    clock.turn(minutes=9, seconds=59)
    again = counter.pick_up(presence_id)
    assert (first.json["expiresIn"], again.json["expiresIn"]) == (600, 1)
    assert claims(again) == claims(first)
    clock.turn(seconds=1)
    answer = counter.pick_up(presence_id)
    assert (answer.status, answer.code) == (410, "presence-expired")


def test_a_replayed_request_learns_nothing(
    api: Api, counter: Counter, phone: Phone, card: str, clock: HeldClock, pharmacy: Party
) -> None:
    path = f"{PRESENCES}/{arrived(counter, phone, card)}"
    headers = pharmacy.headers("GET", path, now=clock().timestamp())
    assert api.get(path, headers=headers).status == 200
    answer = api.get(path, headers=headers)
    assert (answer.status, answer.code) == (401, "signature-replayed")


@pytest.mark.parametrize("told", ["prs_01JDABCDEFGHJKMNPQRSTVWXYZ", "prs_1", "x" * 1100])
def test_what_nobody_shared_is_not_found(counter: Counter, told: str) -> None:
    assert counter.pick_up(told).code == "presence-not-found"


def test_a_card_suspended_since_is_told_to_nobody(
    api: Api, counter: Counter, phone: Phone, card: str
) -> None:
    presence_id = arrived(counter, phone, card)
    api.post(f"/v1/cards/{card}/suspend", {"reason": "risk"}, token=phone.token)
    assert counter.pick_up(presence_id).code == "card-suspended"


def test_not_me_ends_it_flags_the_key_that_put_the_code_up_and_lets_a_new_one_be(
    api: Api, counter: Counter, phone: Phone, card: str
) -> None:
    code = counter.code()
    first = counter.share(phone, card, code).json["id"]
    (entry,) = usages(api, phone)
    assert api.post(f"/v1/usages/{entry['id']}/not-me", {}, token=phone.token).status == 200
    (flag,) = wiring.institutions().flags(PHARMACY)
    assert (flag.use_id, flag.key_id) == (entry["id"], f"{PHARMACY}#k1")
    proof = {"verificationId": phone.verified("card")}
    assert api.post(f"/v1/cards/{card}/resume", proof, token=phone.token).status == 200
    assert counter.pick_up(first).code == "presence-expired"
    second = counter.share(phone, card, code).json["id"]
    assert second != first
    assert counter.pick_up(second).status == 200


# -- for family
def test_an_agent_shares_a_relatives_card_and_it_is_in_the_relatives_log(
    api: Api, counter: Counter, phone: Phone, card: str, elder: Relative
) -> None:
    mandate = by_own_face(phone, elder).json
    carried = api.post("/v1/cards", {"mandateId": mandate["id"]}, token=phone.token).json["id"]
    picked = counter.pick_up(arrived(counter, phone, carried))
    assert picked.json["attributes"]["realName"] == elder.name
    assert usages(api, phone) == []
    answer = api.get(f"/v1/usages?mandateId={mandate['id']}", token=phone.token)
    (entry,) = answer.json["items"]
    assert (entry["kind"], entry["cardId"]) == ("counter", carried)
    assert entry["familyMember"]["holder"] == "张*"


def test_a_revoked_mandate_shares_nothing_and_what_was_shared_is_told_no_more(
    api: Api, counter: Counter, phone: Phone, card: str, elder: Relative
) -> None:
    mandate = by_own_face(phone, elder).json["id"]
    carried = api.post("/v1/cards", {"mandateId": mandate}, token=phone.token).json["id"]
    presence_id = arrived(counter, phone, carried)
    assert api.call("DELETE", f"/v1/mandates/{mandate}", token=phone.token).status in {200, 204}
    assert counter.pick_up(presence_id).code == "mandate-ended"
    answer = counter.share(phone, carried, counter.code())
    assert answer.code in {"card-not-found", "mandate-ended"}


def test_a_mandate_for_something_else_shares_no_card(
    api: Api, counter: Counter, phone: Phone, card: str, elder: Relative
) -> None:
    mandate = by_own_face(phone, elder, actions=["appointments"]).json["id"]
    carried = api.post("/v1/cards", {"mandateId": mandate}, token=phone.token).json["id"]
    answer = counter.share(phone, carried, counter.code())
    assert (answer.status, answer.code) == (403, "action-not-mandated")
    answer = api.post("/v1/licences", {"cardId": carried}, token=phone.token)
    assert answer.code == "action-not-mandated"


# -- telling
def test_the_institution_is_told_by_a_thin_event_and_reads_the_rest(
    api: Api, counter: Counter, phone: Phone, card: str, world: World, cloud: Cloud, clock: HeldClock
) -> None:
    endpoint = world.on(ENDPOINT, lambda _: Sent(204))
    registration = wiring.institutions().registered(PHARMACY)
    wiring.institutions().register(registration.model_copy(update={"endpoint": endpoint}))
    presence_id = arrived(counter, phone, card)
    cloud.settle()
    (event,) = world.at(ENDPOINT)
    told = event.json
    assert told["type"] == "cn.zerotrip.presence.created.v1"
    assert told["data"] == {"presence": presence_id, "version": 1, "href": f"{PRESENCES}/{presence_id}"}
    assert phone.name not in event.body.decode()
    assert "张" not in event.body.decode()
    picked = signed(api, clock, counter.party, "GET", told["data"]["href"])
    assert picked.status == 200


def test_who_wants_no_events_still_sees_who_waits(
    counter: Counter, phone: Phone, card: str, cloud: Cloud
) -> None:
    presence_id = arrived(counter, phone, card)
    cloud.settle()
    assert cloud.dead_letters() == []
    assert [each["id"] for each in counter.waiting().json["items"]] == [presence_id]


# -- what is kept
def test_neither_name_nor_number_is_kept_or_logged(
    counter: Counter, phone: Phone, card: str, cloud: Cloud, log_lines: Any
) -> None:
    counter.pick_up(arrived(counter, phone, card))
    stored = json.dumps([each for each in cloud.items() if "PRESENCE#" in each["sk"]["S"]], default=str)
    assert "idNumber" not in stored
    for secret in (phone.name, phone.number):
        assert secret not in f"{stored}{log_lines()}"


def test_arrivals_are_forgotten_by_themselves(
    counter: Counter, phone: Phone, card: str, cloud: Cloud, clock: HeldClock
) -> None:
    arrived(counter, phone, card)
    now = int(clock().timestamp())
    kept = {
        each["sk"]["S"].partition("#")[0]: int(each["expires_at"]["N"]) - now
        for each in cloud.items()
        if each["sk"]["S"].startswith(("PRESENCE#", "LAST#"))
    }
    assert kept == {"PRESENCE": 600 + 86400, "LAST": 600}


def test_the_presence_the_entry_and_the_event_come_together_or_not_at_all(
    api: Api, counter: Counter, phone: Phone, card: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Any) -> None:
        raise Unavailable

    code = counter.code()
    before = cloud.items()
    with monkeypatch.context() as patch:
        patch.setattr(presences, "transact", broken)
        assert counter.share(phone, card, code).status == 503
    assert cloud.items() == before
    assert counter.waiting().json["items"] == []
    assert counter.share(phone, card, code).status == 201
