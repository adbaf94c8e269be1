"""A consent is looked at when data is read: it covers this reading, it stands, and its use is counted once."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.exchange.errors import (
    ConsentEnded,
    ConsentExhausted,
    ConsentExpired,
    ConsentNotCovering,
    ConsentNotFound,
    ConsentRevoked,
)
from chalicelib.exchange.model import Ask, Gathered, Inquiry, Subject
from chalicelib.exchange.model.consents import Consent, Shown, consent_id
from chalicelib.identity.model.accounts import Account, Citizen
from chalicelib.platform.dynamo import transact
from tests.appointments import Killed, killed_before_call
from tests.builders import an_identity_number
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import Department, World
from tests.parties import a_department

CASE = "crb_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
PERSON = "psn_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
NUMBER = an_identity_number()
HOUSE, HOUSEHOLD, VETERAN = "house-ownership", "household", "veteran-status"
KEPT_BY = {HOUSE: "real-estate", HOUSEHOLD: "civil-registry", VETERAN: "veterans"}


@pytest.fixture
def departments(world: World, cloud: Cloud, clock: HeldClock) -> dict[str, Department]:
    made = {fact: a_department(name, world) for fact, name in KEPT_BY.items()}
    for each in made.values():
        each.names[NUMBER] = "张伟"
        each.facts[NUMBER] = {"told": each.id}
    return made


def grant(clock: HeldClock, **changes: Any) -> Consent:
    """A consent to read two facts, once each."""
    consent = Consent(
        id=consent_id(CASE),
        citizen_id="cit_1",
        person_id=PERSON,
        purpose="school-enrolment",
        shown=Shown(zh="入学", en="School enrolment"),
        facts=(HOUSE, HOUSEHOLD),
        case_id=CASE,
        uses_left=2,
        granted_at=clock(),
        expires_at=clock() + timedelta(days=1),
    ).model_copy(update=changes)
    transact(wiring.consents().granting(consent))
    return consent


def gather(*facts: str, **changes: Any) -> Gathered:
    return wiring.exchange().gather(
        Inquiry(
            subject=Subject(person_id=PERSON, real_name="张伟", id_number=NUMBER),
            purpose="school-enrolment",
            case_id=CASE,
            asks=tuple(Ask(department_id=KEPT_BY[fact], fact=fact) for fact in facts),
            consent_id=consent_id(CASE),
        ).model_copy(update=changes)
    )


def standing() -> Consent:
    found = wiring.consents().store.find(PERSON, consent_id(CASE))
    assert found
    return found


def read_facts(cloud: Cloud) -> list[str]:
    return sorted(item["fact"]["S"] for item in cloud.items() if item["sk"]["S"].startswith("USAGE#"))


def asked(departments: dict[str, Department]) -> int:
    return sum(len(each.world.at(each.path)) for each in departments.values())


def revoke(consent: Consent) -> None:
    wiring.consents().revoke(a_citizen(consent.citizen_id), consent.id)


def a_citizen(citizen_id: str, person_id: str | None = None) -> Citizen:
    account = Account(
        id=citizen_id,
        app_id="a",
        open_id="o",
        user_id=None,
        person_id=person_id,
        holder=None,
        number_masked=None,
    )
    return Citizen(id=citizen_id, session_id="ses_1", account=account)


def test_a_reading_by_consent_uses_it_and_says_so_in_the_log(
    departments: dict[str, Department], clock: HeldClock, cloud: Cloud
) -> None:
    grant(clock)
    assert set(gather(HOUSE, HOUSEHOLD).facts) == {HOUSE, HOUSEHOLD}
    assert (standing().status, standing().uses_left) == ("exhausted", 0)
    assert [use.fact for use in standing().uses] == [HOUSE, HOUSEHOLD]
    entries = [item for item in cloud.items() if item["sk"]["S"].startswith("USAGE#")]
    assert {entry["basis"]["S"] for entry in entries} == {"consent"}
    assert {entry["consent_id"]["S"] for entry in entries} == {consent_id(CASE)}


def test_the_same_fact_in_the_same_case_is_one_use_however_often_it_is_asked_for(
    departments: dict[str, Department], clock: HeldClock, cloud: Cloud
) -> None:
    grant(clock)
    for _ in range(3):
        assert set(gather(HOUSE).facts) == {HOUSE}
    assert standing().uses_left == 1
    gather(HOUSE, HOUSEHOLD)
    gather(HOUSE, HOUSEHOLD)  # exhausted, yet nothing new is read
    assert read_facts(cloud) == [HOUSE, HOUSEHOLD]


def test_withdrawn_between_two_readings_the_second_is_refused_and_nothing_leaves(
    departments: dict[str, Department], clock: HeldClock, cloud: Cloud
) -> None:
    consent = grant(clock)
    gather(HOUSE)
    revoke(consent)
    for facts in ((HOUSEHOLD,), (HOUSE,)):
        with pytest.raises(ConsentRevoked):
            gather(*facts)
    assert (read_facts(cloud), asked(departments)) == ([HOUSE], 1)


def test_withdrawing_again_changes_nothing_and_an_ended_one_stays_as_it_ended(
    departments: dict[str, Department], clock: HeldClock
) -> None:
    consent = grant(clock)
    revoke(consent)
    before = standing()
    clock.turn(minutes=1)
    revoke(consent)
    transact(wiring.consents().granting(consent))  # the request that granted it comes once more
    assert standing() == before


@pytest.mark.parametrize(
    ("changes", "turn", "refusal"),
    [
        ({"uses_left": 1}, 0, ConsentExhausted),
        ({}, 86_400, ConsentExpired),
        ({"facts": (HOUSE,)}, 0, ConsentNotCovering),
        ({"purpose": "loan"}, 0, ConsentNotCovering),
        ({"client": "CN/GOV/330100/other"}, 0, ConsentNotCovering),
        ({"case_id": "crb_other"}, 0, ConsentNotCovering),
        ({"person_id": "psn_other"}, 0, ConsentNotFound),
    ],
)
def test_a_consent_that_does_not_serve_lets_nothing_leave(
    changes: dict[str, Any],
    turn: int,
    refusal: type[Exception],
    departments: dict[str, Department],
    clock: HeldClock,
    cloud: Cloud,
) -> None:
    grant(clock, **changes)
    clock.turn(seconds=turn)
    with pytest.raises(refusal):
        gather(HOUSE, HOUSEHOLD)
    assert (read_facts(cloud), asked(departments)) == ([], 0)


def test_an_exhausted_consent_whose_time_is_over_too_reads_nothing_again(
    departments: dict[str, Department], clock: HeldClock
) -> None:
    grant(clock)
    gather(HOUSE, HOUSEHOLD)
    clock.turn(days=1)
    with pytest.raises(ConsentEnded):
        gather(HOUSE)
    assert asked(departments) == 2


def test_killed_before_any_call_and_repeated_each_reading_has_one_entry_and_one_use(
    departments: dict[str, Department], clock: HeldClock, cloud: Cloud
) -> None:
    grant(clock, facts=(HOUSE, HOUSEHOLD, VETERAN), uses_left=3)
    gather(HOUSE)
    number, killed = 0, True
    while killed:
        killed = False
        try:
            with killed_before_call(number, []):
                gather(HOUSE, HOUSEHOLD, VETERAN)
        except Killed:
            killed = True
        used = [use.fact for use in standing().uses]
        assert sorted(used) == read_facts(cloud)  # both or neither
        number += 1
    assert number > 3
    assert read_facts(cloud) == sorted((HOUSE, HOUSEHOLD, VETERAN))
    assert standing().uses_left == 0


def test_a_second_consent_of_the_same_case_counts_its_use_of_what_is_on_record(
    departments: dict[str, Department], clock: HeldClock, cloud: Cloud
) -> None:
    grant(clock)
    gather(HOUSE)
    grant(clock, id="cns_another")
    gather(HOUSE, HOUSEHOLD, consent_id="cns_another")
    assert read_facts(cloud) == [HOUSE, HOUSEHOLD]


def test_a_citizen_sees_what_they_gave_and_what_is_about_them_and_may_stop_both(
    api: Any, payment_app: Any, clock: HeldClock
) -> None:
    phone = Phone(api, payment_app)
    phone.log_in()
    citizen = api.get("/v1/citizens/me", token=phone.token).json["id"]
    for day in range(3):
        grant(clock, id=f"cns_01KAQ8ZJ6{day}", citizen_id=citizen, granted_at=clock())
    first = api.get("/v1/consents?limit=2", token=phone.token).json
    rest = api.get(f"/v1/consents?limit=2&cursor={first['cursor']}", token=phone.token).json
    assert [each["id"][-1] for each in first["items"] + rest["items"]] == ["2", "1", "0"]
    shown = first["items"][0]
    assert shown["purposeName"] == {"zh": "入学", "en": "School enrolment"}
    assert shown["facts"][0]["name"] == {"zh": "房屋登记信息", "en": "Houses on record"}
    assert (shown["status"], shown["usesLeft"], shown["uses"]) == ("granted", 2, [])
    path = f"/v1/consents/{shown['id']}"
    assert [api.call("DELETE", path, token=phone.token).status for _ in range(2)] == [204, 204]
    assert api.get(path, token=phone.token).json["status"] == "revoked"


def test_a_strangers_consent_is_not_there(api: Any, payment_app: Any, clock: HeldClock) -> None:
    consent = grant(clock)
    phone = Phone(api, payment_app)
    phone.log_in()
    path = f"/v1/consents/{consent.id}"
    assert api.call("DELETE", path, token=phone.token).code == "consent-not-found"
    assert api.get(path, token=phone.token).status == 404
    assert standing().status == "granted"


def test_whom_it_is_about_may_withdraw_what_an_agent_gave(
    departments: dict[str, Department], clock: HeldClock
) -> None:
    consent = grant(clock, mandate_id="man_1")
    member = a_citizen("cit_2", PERSON)
    assert [each.id for each in wiring.consents().list_about(member, 20, None)[0]] == [consent.id]
    assert wiring.consents().list_given(member, 20, None) == ([], None)
    wiring.consents().revoke(member, consent.id)
    with pytest.raises(ConsentRevoked):
        gather(HOUSE)
