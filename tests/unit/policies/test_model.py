"""Rules in a calendar: leap days, ends of months, midnight in China, and which version counts when."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.policies.model import Act, Policy, Standing
from chalicelib.types import CHINA

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def china(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("starts_at", "horizon_days", "release_minute", "opens_at"),
    [
        (china(2028, 3, 28, 8), 28, 0, china(2028, 2, 29)),
        (china(2028, 2, 29, 8), 28, 0, china(2028, 2, 1)),
        (china(2027, 3, 1, 8), 1, 390, china(2027, 2, 28, 6, 30)),
        (china(2028, 3, 1, 8), 1, 390, china(2028, 2, 29, 6, 30)),
        (china(2027, 1, 1, 8), 1, 1439, china(2026, 12, 31, 23, 59)),
        (china(2026, 11, 30, 8), 365, 360, china(2025, 11, 30, 6)),
    ],
)
def test_a_slot_opens_so_many_calendar_days_before(
    starts_at: datetime, horizon_days: int, release_minute: int, opens_at: datetime
) -> None:
    policy = Policy(horizon_days=horizon_days, release_minute=release_minute)
    assert policy.opens_at(starts_at) == opens_at


def test_every_slot_of_a_day_in_china_opens_together_on_either_side_of_utcs_midnight() -> None:
    policy = Policy(horizon_days=7)
    day = [china(2026, 12, 1), china(2026, 12, 1, 7, 59), china(2026, 12, 1, 8), china(2026, 12, 1, 23, 59)]
    assert {policy.opens_at(each) for each in day} == {china(2026, 11, 24)}
    assert policy.opens_at(china(2026, 12, 2)) == china(2026, 11, 25)


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.integers(0, 1439),
    st.integers(1, 365),
    st.integers(0, 1439),
)
def test_a_release_is_at_its_minute_in_china_and_a_day_later_for_the_next_day(
    day: date, minute: int, horizon_days: int, release_minute: int
) -> None:
    policy = Policy(horizon_days=horizon_days, release_minute=release_minute)
    starts_at = datetime.combine(day, time(minute // 60, minute % 60), CHINA)
    opens_at = policy.opens_at(starts_at).astimezone(CHINA)
    assert opens_at.hour * 60 + opens_at.minute == release_minute
    assert (day - opens_at.date()).days == horizon_days
    assert policy.opens_at(starts_at + timedelta(days=1)) - opens_at == timedelta(days=1)


def test_the_day_before_the_first_of_march_is_the_leap_day() -> None:
    assert Policy(cancel_minutes=24 * 60).cancel_until(china(2028, 3, 1, 8)) == china(2028, 2, 29, 8)


def test_a_citizen_cannot_have_missed_it_while_check_in_is_open() -> None:
    wrong = Policy(late_minutes=60, noshow_minutes=30).contradictions()
    assert [name for name, _ in wrong] == ["noshow_minutes"]
    assert Policy().contradictions() == []


@pytest.mark.parametrize("reason", ["call 13800138000", "330106199003078888 asked", "abc", "x" * 501])
def test_a_reason_holds_no_number_that_may_be_a_persons(reason: str) -> None:
    with pytest.raises(ValidationError):
        Act(by="op-1", at=NOW, reason=reason)


@pytest.mark.parametrize(
    "reason", ["decided on 2026-11-20", "国卫办医函〔2026〕12345 号", "20261120 meeting"]
)
def test_a_reason_may_name_a_date_and_a_document(reason: str) -> None:
    assert Act(by="op-1", at=NOW, reason=reason).reason == reason


def test_what_stood_before_counts_until_the_next_begins() -> None:
    one, two = Policy(version=1), Policy(version=2, most_per_day=1)
    begins = NOW + timedelta(hours=12)
    standing = Standing().followed_by(one, NOW, NOW).followed_by(two, begins, NOW + timedelta(hours=1))
    assert standing.at(begins - timedelta(microseconds=1)) == one
    assert standing.at(begins) == two
    assert standing.at(NOW - timedelta(microseconds=1)) is None


def test_a_version_replaced_before_it_began_never_counts() -> None:
    one, never, three = (Policy(version=number) for number in (1, 2, 3))
    standing = Standing().followed_by(one, NOW - timedelta(days=9), NOW - timedelta(days=9))
    standing = standing.followed_by(never, NOW + timedelta(days=1), NOW)
    standing = standing.followed_by(three, NOW + timedelta(days=2), NOW)
    moments = [NOW + timedelta(hours=12 * n) for n in range(-4, 9)]
    assert {policy.version for each in moments if (policy := standing.at(each))} == {1, 3}
