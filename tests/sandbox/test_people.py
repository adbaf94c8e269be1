"""The synthetic citizens, judged by python-stdnum."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from sandbox.identity_numbers import check_character, identity_number, is_identity_number
from sandbox.people import POPULATION, TODAY, Person, synthetic_people
from tests.sandbox.outside import Client

EVERYBODY = synthetic_people().everybody


def test_every_identity_number_is_valid_for_an_independent_judge() -> None:
    assert [person.id_number for person in EVERYBODY if not ric.is_valid(person.id_number)] == []


def test_the_birth_date_in_the_number_is_the_persons() -> None:
    assert all(ric.get_birth_date(person.id_number) == person.born_on for person in EVERYBODY)


def test_the_sequence_is_odd_for_men_and_even_for_women() -> None:
    assert all((int(p.id_number[16]) % 2 == 1) == (p.sex == "male") for p in EVERYBODY)


def test_nobody_shares_a_number_or_an_account() -> None:
    assert len({person.id_number for person in EVERYBODY}) == len(EVERYBODY) == POPULATION
    assert len({person.user_id for person in EVERYBODY}) == len(EVERYBODY)
    assert all(len(p.user_id) == 16 and p.user_id.startswith("2088") for p in EVERYBODY)


def test_they_are_the_same_at_every_start() -> None:
    synthetic_people.cache_clear()
    assert [person.view() for person in synthetic_people().everybody] == [
        person.view() for person in EVERYBODY
    ]


def test_there_are_children_elders_and_names_that_fonts_forget() -> None:
    ages = [(TODAY - person.born_on).days // 365 for person in EVERYBODY]
    assert min(ages) < 14
    assert max(ages) > 80
    assert all(person.real_name.encode("gbk") for person in EVERYBODY)
    assert any("·" in person.real_name for person in EVERYBODY)
    assert any(person.real_name.startswith(("仉", "尉迟", "逄", "芈", "亓")) for person in EVERYBODY)


def test_nobody_is_married_before_the_law_lets_them() -> None:
    youngest = {"male": 22, "female": 20}
    wed = [person for person in EVERYBODY if person.marital_status != "single"]
    assert {person.marital_status for person in wed} == {"married", "divorced"}
    assert [person.user_id for person in wed if person.age(TODAY) < youngest[person.sex]] == []


def test_a_veteran_was_discharged_as_an_adult_and_in_the_past() -> None:
    veterans = [(person, person.veteran_since) for person in EVERYBODY if person.veteran]
    assert len(veterans) > 10
    assert [person.user_id for person, since in veterans if since is None or since >= TODAY] == []
    assert all(person.age(since) >= 20 for person, since in veterans if since)
    assert all(
        person.veteran_since is None and not person.rural for person in EVERYBODY if not person.veteran
    )


def test_a_child_owns_no_house() -> None:
    assert [person.user_id for person in EVERYBODY if person.houses and person.age(TODAY) < 18] == []


def test_the_cast_is_who_the_readme_says() -> None:
    told = [(person.insured, person.houses) for person in EVERYBODY[:6]]
    assert told == [(True, 0), (True, 1), (False, 0), (True, 2), (True, 0), (True, 0)]
    assert EVERYBODY[3].veteran


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_any_check_character_is_the_judges(born_on: date, sequence: int) -> None:
    number = identity_number("330102", born_on, sequence)
    assert number[17] == check_character(number[:17]) == ric.calc_check_digit(number)
    assert is_identity_number(number)


@given(st.sampled_from(EVERYBODY), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_changed_character_is_noticed(person: Person, place: int, character: str) -> None:
    changed = person.id_number[:place] + character + person.id_number[place + 1 :]
    assert is_identity_number(changed) == (changed == person.id_number)


def test_pages_of_people_are_the_whole(client: Client) -> None:
    whole = client.get("/sandbox/people").json
    assert whole["cursor"] is None
    pages, cursor = [], "0"
    while cursor is not None:
        page = client.get(f"/sandbox/people?limit=60&cursor={cursor}").json
        pages += page["items"]
        cursor = page["cursor"]
    assert pages == whole["items"]
    known = {"userId", "realName", "idNumber", "insured", "facts"}
    assert set(whole["items"][0]) == known | {"phone", "bank", "family", "cardStatus", "deceased"}


def test_a_page_of_nonsense_is_refused(client: Client) -> None:
    assert client.get("/sandbox/people?limit=many").status == 422
