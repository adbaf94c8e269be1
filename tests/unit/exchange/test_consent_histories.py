"""Any course of readings, withdrawals and deaths of a process: what is on record is what was used, and no more left."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.exchange.errors import ConsentEnded
from chalicelib.exchange.model import Ask, Basis, Inquiry, Subject, Usage, request_id
from chalicelib.exchange.model.consents import Consent, ConsentStatus, consent_id
from chalicelib.exchange.service.readings import Readings
from chalicelib.platform.dynamo import commit, transact
from tests.appointments import Killed, killed_before_call
from tests.clock import HeldClock
from tests.cloud import Cloud

FACTS = ("household", "house-ownership", "insured-person", "veteran-status")
_cases = count()

EVENTS = st.one_of(
    st.tuples(st.just("read"), st.sets(st.sampled_from(FACTS), min_size=1), st.integers(0, 4)),
    st.tuples(st.just("turn"), st.none(), st.sampled_from([1, 600, 3600])),
    st.tuples(st.just("revoke"), st.none(), st.none()),
)


@pytest.fixture
def readings(cloud: Cloud, clock: HeldClock) -> Callable[[], Readings]:
    return lambda: wiring.exchange().readings


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uses=st.integers(1, 4), events=st.lists(EVENTS, max_size=6))
def test_what_is_on_record_is_what_was_used(
    uses: int,
    events: list[tuple[str, set[str], int]],
    readings: Callable[[], Readings],
    clock: HeldClock,
) -> None:
    case = f"crb_01KAQ8ZJ6M{next(_cases):016}"
    person, store = f"psn_{case}", wiring.consents().store
    granted = Consent(
        id=consent_id(case),
        citizen_id="cit_1",
        person_id=person,
        purpose="p",
        facts=FACTS,
        case_id=case,
        uses_left=uses,
        granted_at=clock(),
        expires_at=clock() + timedelta(hours=1),
    )
    transact(wiring.consents().granting(granted))

    def standing() -> Consent:
        found = store.find(person, granted.id)
        assert found
        return found

    def entries() -> set[str]:
        items, _ = wiring.core_table().query(f"PERSON#{person}", prefix="USAGE#", consistent=True)
        return {item["fact"] for item in items}

    for what, facts, number in events:
        before = standing()
        match what:
            case "read":
                asks = tuple(Ask(department_id="d", fact=fact) for fact in sorted(facts))
                inquiry = Inquiry(
                    subject=Subject(person_id=person, real_name="n", id_number="i"),
                    purpose="p",
                    case_id=case,
                    asks=asks,
                    consent_id=granted.id,
                )
                fresh = facts - {use.fact for use in before.uses}
                serves = (
                    before.status is not ConsentStatus.REVOKED
                    and clock() < before.expires_at
                    and len(fresh) <= before.uses_left
                )
                try:
                    with killed_before_call(number, []):
                        readings().note(inquiry, asks)
                except ConsentEnded:
                    assert not serves
                    assert standing() == before
                except Killed:
                    assert {use.fact for use in standing().uses} - {u.fact for u in before.uses} in (
                        set(),
                        fresh,
                    )
                else:
                    assert serves
                    assert facts <= entries()
            case "turn":
                clock.turn(seconds=number)
            case _ if before.status is not ConsentStatus.REVOKED:
                commit(store.revoke(before, clock()))
        after = standing()
        assert entries() == {use.fact for use in after.uses}
        assert len(after.uses) + after.uses_left == uses
        assert len({use.request_id for use in after.uses}) == len(after.uses)


def test_what_was_read_by_another_right_keeps_its_entry_and_costs_its_use(
    readings: Callable[[], Readings], clock: HeldClock
) -> None:
    """The same fact of the same case was read at the person's own request before: one entry, which stands."""
    case, person = "crb_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", "psn_1"
    usage = Usage(
        id=request_id("d", "household", case),
        person_id=person,
        department_id="d",
        fact="household",
        purpose="p",
        case_id=case,
        read_at=clock(),
    )
    wiring.exchange().store.record(usage)
    granted = Consent(
        id=consent_id(case),
        citizen_id="cit_1",
        person_id=person,
        purpose="p",
        facts=FACTS,
        case_id=case,
        uses_left=1,
        granted_at=clock(),
        expires_at=clock() + timedelta(hours=1),
    )
    transact(wiring.consents().granting(granted))
    ask = Ask(department_id="d", fact="household")
    inquiry = Inquiry(
        subject=Subject(person_id=person, real_name="n", id_number="i"),
        purpose="p",
        case_id=case,
        asks=(ask,),
        consent_id=granted.id,
    )
    readings().note(inquiry, [ask])
    (entry,), _ = wiring.core_table().query(f"PERSON#{person}", prefix="USAGE#")
    assert entry["basis"] == Basis.REQUEST
    found = wiring.consents().store.find(person, granted.id)
    assert found
    assert found.uses_left == 0
