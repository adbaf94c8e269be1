"""What a dry run counts."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policies.model import Outcome, Policy
from chalicelib.policies.service.comparing import Past, difference, outcome
from tests.unit.policies.conftest import a_past

LEAP = datetime(2028, 2, 29, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CANCELLED: dict[str, Any] = {"status": "cancelled", "reason": "cancelled_by_citizen"}


def test_a_cancellation_in_the_last_allowed_moment_is_not_refused() -> None:
    policy = Policy(cancel_minutes=30)
    last = LEAP - timedelta(minutes=30, milliseconds=1)
    past = [a_past(LEAP, cancelled_at=at, **CANCELLED) for at in (last, LEAP - 30 * MINUTE, None)]
    assert outcome(past, policy).cancellations_refused == 1
    assert [each.undated for each in past] == [False, False, True]


def test_an_unpaid_hold_may_go_whenever_it_went() -> None:
    past = [a_past(LEAP, paid=False, cancelled_at=LEAP - MINUTE, **CANCELLED)]
    assert outcome(past, Policy(cancel_minutes=30)) == Outcome()


def test_only_the_citizens_own_cancellations_are_tried() -> None:
    past = [
        a_past(LEAP, status="cancelled", reason=why, cancelled_at=LEAP) for why in ("clinic_stopped", None)
    ]
    assert outcome(past, Policy(cancel_minutes=60)) == Outcome()


def test_a_day_is_a_day_in_china() -> None:
    midnight = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    apart = [a_past(midnight - MINUTE), a_past(midnight)]
    together = [a_past(midnight), a_past(midnight + timedelta(hours=10))]
    one = Policy(most_per_day=1)
    assert outcome(apart, one).holds_over_day_limit == 0
    assert outcome(together, one).holds_over_day_limit == 1


def test_a_place_given_back_frees_the_days_limit() -> None:
    second = a_past(LEAP + 60 * MINUTE, held_before=timedelta(hours=20))
    gone = a_past(LEAP, cancelled_at=second.held_at - MINUTE, **CANCELLED)
    still = a_past(LEAP, cancelled_at=second.held_at + MINUTE, **CANCELLED)
    lapsed = a_past(LEAP, status="cancelled", reason="hold_expired", cancelled_at=second.held_at + MINUTE)
    one = Policy(most_per_day=1)
    refused = [outcome([first, second], one).holds_over_day_limit for first in (gone, still, lapsed)]
    assert refused == [0, 1, 0]


def test_somebody_else_has_a_limit_of_their_own() -> None:
    past = [a_past(LEAP, person="one"), a_past(LEAP, person="other")]
    assert outcome(past, Policy(most_per_day=1)).holds_over_day_limit == 0


def test_a_hold_at_the_very_release_is_not_too_early() -> None:
    policy = Policy(horizon_days=28)
    opens = policy.opens_at(LEAP)
    past = [a_past(LEAP, held_at=opens), a_past(LEAP, held_at=opens - timedelta(milliseconds=1))]
    assert outcome(past, policy).holds_too_early == 1
    assert outcome(past, Policy(horizon_days=29)).holds_too_early == 0


def test_who_came_when_check_in_would_have_closed_would_have_missed_it() -> None:
    past = [a_past(LEAP, arrived_at=LEAP + 10 * MINUTE), a_past(LEAP, status="noshow")]
    assert outcome(past, Policy(late_minutes=10)).noshows == 1
    assert outcome(past, Policy(late_minutes=9)).noshows == 2


def test_a_window_over_the_leap_day_ends_after_its_days() -> None:
    missed = [a_past(LEAP, status="noshow"), a_past(LEAP + timedelta(days=1), status="noshow")]
    assert outcome(missed, Policy(most_noshows=2, noshow_window_days=1)).sanctions == 0
    assert outcome(missed, Policy(most_noshows=2, noshow_window_days=2)).sanctions == 1


def test_what_led_to_a_sanction_leads_to_no_second_one() -> None:
    missed = [a_past(LEAP + timedelta(days=day), status="noshow") for day in range(7)]
    assert outcome(missed, Policy(most_noshows=3)).sanctions == 2


def test_what_no_hospital_can_testify_is_missed_and_leads_to_nothing() -> None:
    past = [a_past(LEAP, status="noshow", testified=False)]
    found = outcome(past, Policy(most_noshows=1))
    assert (found.noshows, found.sanctions) == (1, 0)


PASTS = st.lists(
    st.builds(
        lambda person, minute, before, how: a_past(
            LEAP + minute * MINUTE, person=person, held_before=before * MINUTE, **how
        ),
        st.sampled_from("abc"),
        st.integers(0, 5 * 24 * 60),
        st.integers(1, 40 * 24 * 60),
        st.one_of(
            st.just({"status": "noshow"}),
            st.just({"status": "fulfilled"}),
            st.integers(-3000, 0).map(lambda m: {**CANCELLED, "cancelled_at": LEAP + m * MINUTE}),
            st.integers(-60, 90).map(lambda m: {"arrived_at": LEAP + m * MINUTE}),
        ),
    ),
    max_size=12,
)
RULES = st.builds(
    Policy,
    cancel_minutes=st.integers(0, 3000),
    most_per_day=st.integers(1, 4),
    late_minutes=st.integers(0, 120),
    most_noshows=st.integers(1, 4),
    noshow_window_days=st.integers(1, 6),
    horizon_days=st.integers(1, 40),
    release_minute=st.integers(0, 1439),
)


@given(PASTS, RULES, st.randoms(use_true_random=False))
def test_the_order_in_which_history_is_read_decides_nothing(
    past: list[Past], rules: Policy, chance: Random
) -> None:
    mixed = list(past)
    chance.shuffle(mixed)
    held = [each.held_at for each in past]
    if len(set(held)) == len(held):
        assert outcome(mixed, rules) == outcome(past, rules)


@given(PASTS, RULES)
def test_stricter_rules_refuse_no_less(past: list[Past], rules: Policy) -> None:
    before = outcome(past, rules)
    sooner = outcome(past, rules.model_copy(update={"cancel_minutes": rules.cancel_minutes + 60}))
    later = outcome(past, rules.model_copy(update={"horizon_days": max(1, rules.horizon_days - 1)}))
    fewer = outcome(past, rules.model_copy(update={"late_minutes": rules.late_minutes // 2}))
    assert sooner.cancellations_refused >= before.cancellations_refused
    assert later.holds_too_early >= before.holds_too_early
    assert fewer.noshows >= before.noshows


@given(PASTS, RULES)
def test_equal_rules_make_no_difference(past: list[Past], rules: Policy) -> None:
    renamed = rules.model_copy(update={"version": 9})
    assert difference(outcome(past, rules), outcome(past, renamed)) == Outcome()


def test_a_difference_may_be_less() -> None:
    assert difference(Outcome(noshows=3), Outcome(noshows=1, sanctions=2)) == Outcome(noshows=-2, sanctions=2)
