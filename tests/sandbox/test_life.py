"""What offices have on the synthetic people: it fits their ages, their families and each other."""

from datetime import date

import pytest

from sandbox.departments.summary import summary
from sandbox.fund.accounts import account_of
from sandbox.people import TODAY, Person, synthetic_people
from sandbox.people.life import birth_record, disability, education, marriage, residence_permit
from sandbox.people.work import SHOWN_MONTHS, month_name, retired_on, work
from tests.sandbox.outside import Client

PEOPLE = synthetic_people()
EVERYBODY = PEOPLE.everybody


def spouse(person: Person) -> Person | None:
    return next((PEOPLE.find_user(kin.user_id) for kin in person.family if kin.relation == "spouse"), None)


def test_both_of_a_couple_have_the_same_registration_and_were_of_age() -> None:
    couples = [(one, other) for one in EVERYBODY if (other := spouse(one))]
    assert len(couples) > 80
    for one, other in couples:
        mine, theirs = marriage(one, other), marriage(other, one)
        assert mine == theirs
        assert mine
        assert mine.registered_on < TODAY
        assert all(
            each.age(mine.registered_on) >= (22 if each.sex == "male" else 20) for each in (one, other)
        )


def test_who_is_single_has_no_registration() -> None:
    assert all(
        (marriage(each, None) is None) == (each.marital_status == "single")
        for each in EVERYBODY
        if not spouse(each)
    )


def test_a_birth_is_on_record_only_here_and_since_1996() -> None:
    recorded = [each for each in EVERYBODY if birth_record(each)]
    assert 50 < len(recorded) < len(EVERYBODY) / 2
    assert all(each.born_on.year >= 1996 and each.id_number.startswith("3301") for each in recorded)


def test_nobody_graduates_as_a_child_or_in_the_future() -> None:
    days = [(each, record.graduated_on) for each in EVERYBODY if (record := education(each))]
    assert all(day is None or (each.age(day) >= 17 and day < TODAY) for each, day in days)


def test_nobody_is_disabled_before_being_born_nor_resides_before_it() -> None:
    assert all(found.assessed_on > each.born_on for each in EVERYBODY if (found := disability(each)))
    permits = [(each, permit) for each in EVERYBODY if (permit := residence_permit(each))]
    assert all(
        not each.address.startswith("杭州市") and found.since >= each.born_on for each, found in permits
    )


def test_only_the_old_are_retired_and_their_payments_ended_then() -> None:
    for each in EVERYBODY:
        paid, day = work(each), retired_on(each)
        assert (paid is None) == (not each.insured)
        assert (day is not None) == bool(paid and paid.status == "retired")
        if day and paid:
            assert month_name(paid.last_month) == f"{day:%Y-%m}"
            assert each.age(date(day.year + 1, 1, 1)) >= 60


@pytest.mark.parametrize("index", [0, 1, 3, 4])
def test_the_months_are_told_newest_first_without_a_gap(index: int) -> None:
    paid = work(EVERYBODY[index])
    assert paid
    months = [month for month, _, _ in paid.shown()]
    assert months == sorted(months, reverse=True)
    assert len(months) == min(paid.paid_months, SHOWN_MONTHS)
    assert all(own * 100 <= base * 8 for _, base, own in paid.shown())


def test_the_list_of_people_says_what_offices_have(client: Client) -> None:
    items = client.get("/sandbox/people").json["items"]
    assert all(
        summary(person).items() <= each["facts"].items()
        for person, each in zip(EVERYBODY, items, strict=True)
    )
    standing = {each["facts"]["providentFund"] for each in items}
    assert standing == {"normal", "frozen", None}
    assert sum(account_of(each) is not None for each in EVERYBODY) > 100
