"""Counters' codes: put up by a signed request, read by whoever stands before one, forged by nobody."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.cards.counter_codes import CounterCodes
from chalicelib.cards.counter_errors import CounterCodeInvalid
from chalicelib.cards.model.decoding import ERRANDS, BusinessType
from chalicelib.institutions.model import Status
from chalicelib.platform import base45
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.counters import CODES, Counter, signed
from tests.fakes import Party
from tests.parties import PHARMACY

_ALPHABET = string.digits + string.ascii_uppercase + " $%*+-./:"
_ANY = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACE = {"officeId": "of-1", "deviceId": "dev-1", "businessType": "02121"}


@pytest.fixture
def reader(phone: Phone) -> Phone:
    phone.log_in()
    return phone


# -- putting up
def test_a_code_is_short_and_of_the_characters_that_a_qr_code_packs(counter: Counter) -> None:
    answer = counter.put_up()
    assert answer.status == 201
    assert set(answer.json) == {"id", "code"}
    assert answer.json["id"].startswith("ctr_")
    code = answer.json["code"]
    assert (len(code), code[:4]) == (40, "SCC:")
    assert set(code) <= set(_ALPHABET)
    assert len(base45.decode(code[4:])) == 24


def test_the_same_place_and_errand_have_the_same_code(
    counter: Counter, cloud: Cloud, clock: HeldClock
) -> None:
    first = counter.put_up()
    before = cloud.items()
    clock.turn(days=30)
    assert counter.put_up().json == first.json
    assert cloud.items() == before


@pytest.mark.parametrize("change", [{"officeId": "of-2"}, {"deviceId": "dev-2"}, {"businessType": "02122"}])
def test_another_place_or_errand_has_another(counter: Counter, change: dict[str, str]) -> None:
    assert counter.put_up().json["id"] != counter.put_up(**change).json["id"]


def test_two_institutions_may_use_the_same_names(
    api: Api, clock: HeldClock, hospital: Party, pharmacy: Party
) -> None:
    codes = {Counter(api, clock, each).put_up().json["code"] for each in (hospital, pharmacy)}
    assert len(codes) == 2


def test_it_remembers_which_key_put_it_up(counter: Counter) -> None:
    asking = wiring.counters().read(counter.put_up().json["code"])
    assert asking.counter.key_id == f"{PHARMACY}#k1"


@pytest.mark.parametrize(
    "change", [{"businessType": "99999"}, {"officeId": ""}, {"deviceId": "a#b"}, {"officeId": "x" * 65}]
)
def test_a_place_that_breaks_a_rule_is_refused(
    counter: Counter, cloud: Cloud, change: dict[str, str]
) -> None:
    before = cloud.items()
    assert counter.put_up(**change).status == 422
    assert cloud.items() == before


def test_nobody_puts_up_a_code_unsigned(api: Api, reader: Phone) -> None:
    assert api.post(CODES, PLACE).code == "signature-missing"
    assert api.post(CODES, PLACE, token=reader.token).code == "signature-missing"


# -- reading
@pytest.mark.parametrize("business_type", list(BusinessType))
def test_it_says_who_asks_for_what_and_what_they_would_learn(
    counter: Counter, reader: Phone, business_type: BusinessType
) -> None:
    code = counter.put_up(businessType=business_type).json["code"]
    answer = counter.read(reader, code)
    assert answer.status == 200
    errand = ERRANDS[business_type]
    assert answer.json == {
        "institution": {"id": PHARMACY, "name": "机构"},
        "officeId": "of-1",
        "businessType": business_type,
        "purpose": {"zh": errand.zh, "en": errand.en},
        "attributes": list(errand.attributes),
    }


def test_reading_shares_nothing(counter: Counter, reader: Phone, cloud: Cloud) -> None:
    code = counter.put_up().json["code"]
    before = cloud.items()
    assert counter.read(reader, code).status == 200
    assert cloud.items() == before


def test_a_stranger_may_not_read(api: Api, counter: Counter) -> None:
    answer = api.post("/v1/counter-codes/read", {"code": counter.put_up().json["code"]})
    assert (answer.status, answer.code) == (401, "token-invalid")


def test_a_code_that_was_never_put_up_is_invalid(counter: Counter, reader: Phone) -> None:
    code = CounterCodes(wiring.code_mac()).write("ctr_01JDABCDEFGHJKMNPQRSTVWXYZ")
    answer = counter.read(reader, code)
    assert (answer.status, answer.code) == (422, "counter-code-invalid")


@pytest.mark.parametrize(
    "told", ["", "SCC:", "SC1:" + "0" * 36, "SCC:" + "0" * 36, "SCC:" + "é" * 36, "x" * 200]
)
def test_what_is_no_code_of_ours_is_refused(counter: Counter, reader: Phone, told: str) -> None:
    answer = counter.read(reader, told)
    assert (answer.status, answer.code) == (422, "counter-code-invalid" if told else "payload-invalid")


@_ANY
@given(data=st.data())
def test_no_code_with_one_character_changed_is_taken(cloud: Cloud, data: st.DataObject) -> None:
    codes = CounterCodes(wiring.code_mac())
    code = codes.write(data.draw(_counter_ids))
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([each for each in _ALPHABET if each != code[place]]))
    with pytest.raises(CounterCodeInvalid):
        codes.read(code[:place] + other + code[place + 1 :])


@_ANY
@given(data=st.data())
def test_a_code_is_read_as_it_was_written(cloud: Cloud, data: st.DataObject) -> None:
    codes, counter_id = CounterCodes(wiring.code_mac()), data.draw(_counter_ids)
    code = codes.write(counter_id)
    assert codes.read(code) == counter_id
    for changed in (code + " ", " " + code, code[:-1], code.lower()):
        with pytest.raises(CounterCodeInvalid):
            codes.read(changed)


_counter_ids = st.from_regex(r"ctr_[0-7][0-9A-HJKMNP-TV-Z]{25}", fullmatch=True)


def test_a_code_of_another_key_is_foreign(cloud: Cloud) -> None:
    code = CounterCodes(wiring.identity_mac()).write("ctr_01JDABCDEFGHJKMNPQRSTVWXYZ")
    with pytest.raises(CounterCodeInvalid):
        CounterCodes(wiring.code_mac()).read(code)


# -- withdrawing
def test_a_withdrawn_code_is_gone_and_the_place_may_have_a_new_one(counter: Counter, reader: Phone) -> None:
    old = counter.put_up().json
    assert counter.withdraw(old["id"]).status == 204
    answer = counter.read(reader, old["code"])
    assert (answer.status, answer.code) == (410, "counter-code-withdrawn")
    new = counter.put_up().json
    assert new["code"] != old["code"]
    assert counter.read(reader, new["code"]).status == 200
    assert counter.read(reader, old["code"]).code == "counter-code-withdrawn"


def test_withdrawing_again_changes_nothing_not_even_the_place_of_the_new_one(
    counter: Counter, reader: Phone, cloud: Cloud
) -> None:
    old = counter.put_up().json
    counter.withdraw(old["id"])
    new = counter.put_up().json
    before = cloud.items()
    assert counter.withdraw(old["id"]).status == 204
    assert cloud.items() == before
    assert counter.put_up().json == new


def test_two_withdrawals_at_once_are_one(counter: Counter) -> None:
    made = counter.put_up().json
    store = wiring.counters().store
    standing = store.find(made["id"])
    assert standing is not None
    store.withdraw(standing)
    store.withdraw(standing)  # read before the first took effect
    assert counter.put_up().json["id"] != made["id"]


def test_nobody_withdraws_anothers_code(
    api: Api, clock: HeldClock, counter: Counter, hospital: Party, reader: Phone
) -> None:
    made = counter.put_up().json
    for counter_id in (made["id"], "ctr_01JDABCDEFGHJKMNPQRSTVWXYZ", "x" * 2100):
        answer = Counter(api, clock, hospital).withdraw(counter_id)
        assert (answer.status, answer.code) == (404, "counter-code-not-found")
    assert counter.read(reader, made["code"]).status == 200


def test_the_codes_of_who_has_left_are_withdrawn(counter: Counter, reader: Phone) -> None:
    code = counter.put_up().json["code"]
    standing = wiring.institutions().registered(PHARMACY)
    wiring.institutions().register(standing.model_copy(update={"status": Status.WITHDRAWN}))
    assert counter.read(reader, code).code == "counter-code-withdrawn"


def test_it_shows_the_name_that_the_institution_has_now(counter: Counter, reader: Phone) -> None:
    code = counter.put_up().json["code"]
    standing = wiring.institutions().registered(PHARMACY)
    wiring.institutions().register(standing.model_copy(update={"name": "新药房"}))
    assert counter.read(reader, code).json["institution"]["name"] == "新药房"


def test_a_signed_get_covers_its_query(api: Api, clock: HeldClock, pharmacy: Party) -> None:
    path = "/v1/institutions/me/presences"
    assert signed(api, clock, pharmacy, "GET", path, query="limit=5").status == 200
    headers = pharmacy.headers("GET", path, now=clock().timestamp())
    assert api.get(f"{path}?limit=5", headers=headers).code == "signature-invalid"
