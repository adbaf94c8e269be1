"""The rules of ages and of slots, without a cloud."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.mandates.model.ages import anniversary, birthday, of_age, years_on
from chalicelib.mandates.model.family import parse_slots
from chalicelib.types import CHINA
from sandbox.identity_numbers import identity_number

BORN = date(2008, 2, 29)
NUMBER = identity_number("330102", BORN, 11)


def test_29_february_is_1_march_in_common_years() -> None:
    assert anniversary(BORN, 16) == date(2024, 2, 29)
    assert anniversary(BORN, 18) == date(2026, 3, 1)
    assert birthday(NUMBER, 18).isoformat() == "2026-03-01T00:00:00+08:00"
    assert years_on(datetime(2028, 2, 29, 20, tzinfo=UTC), 1) == datetime(2029, 3, 1, 4, tzinfo=CHINA)
    assert years_on(datetime(2028, 2, 29, 1, tzinfo=UTC), 1) == datetime(2029, 3, 1, 9, tzinfo=CHINA)


def test_a_birthday_begins_at_midnight_in_beijing() -> None:
    assert not of_age(NUMBER, 16, datetime(2024, 2, 28, 15, 59, 59, tzinfo=UTC))
    assert of_age(NUMBER, 16, datetime(2024, 2, 28, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "elder=4",
        "elder=4,child=3,spouse=1,other=x",
        "elder=4,child=3,spouse=1,other=-1",
        "elder=4,child=3,spouse=1,cousin=2",
        "elder=4,elder=4,child=3,spouse=1,other=2",
    ],
)
def test_slots_that_leave_a_relation_open_are_a_fault_of_deployment(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_slots(text)
