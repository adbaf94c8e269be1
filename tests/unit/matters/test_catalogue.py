"""The service items as data, and the ledger that is computed from them."""

import re
from datetime import UTC, datetime

import pytest

from chalicelib.certificates.catalogue import facts as declared
from chalicelib.matters import catalogue
from chalicelib.matters.model import ledger
from chalicelib.matters.model.applications import OPEN, TRANSITIONS, Status, end_of_term, period_of
from chalicelib.matters.model.decision import ASKED
from chalicelib.matters.model.items import Material, ServiceItem
from sandbox.departments.catalogue import DEPARTMENTS
from tests.matters import HEALTHY, ITEM, QUOTA

ITEMS = list(catalogue.items().values())
FACTS = {(department.department_id, fact) for department in DEPARTMENTS.values() for fact in department.facts}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_says_everything_in_both_languages_and_nothing_twice(item: ServiceItem) -> None:
    labels = [item.name, item.legal_basis, item.department.name]
    labels += [label for each in item.materials for label in (each.name, each.source.name)]
    labels += [rule.otherwise for rule in (*item.rules, *item.review)]
    for label in labels:
        assert re.search(r"[\u4e00-\u9fff]", label.zh)
        assert label.en.isascii()
    assert len({each.id for each in item.materials}) == len(item.materials)
    assert {each.by == "paper" for each in item.materials if each.why} <= {True}
    assert [each.id for each in item.materials if each.by == "paper" and each.why is None] == []


def test_what_is_said_to_be_fetched_can_be_fetched() -> None:
    assert [need for item in ITEMS for need in item.needs() if need not in FACTS] == []


def test_codes_are_unique_and_every_item_is_there() -> None:
    assert len({each.code for each in ITEMS}) == len(ITEMS) == 12
    assert [each.id for each in ITEMS if each.online] == [ITEM]


def test_every_rule_of_what_is_applied_for_reads_a_field_that_is_told() -> None:
    item = catalogue.items()[ITEM]
    values = {fact: HEALTHY[department] for department, fact in item.needs()}
    for fact, value in values.items():
        assert item.reads(fact)
        assert all(declared()[fact].fields[name].fits(value[name]) for name in item.reads(fact))
    told = {f"{fact}.{name}" for fact, value in values.items() for name in value}
    asked = {f"{ASKED}.{each}" for each in ("firstInPeriod", "withinQuota", "withinBalance", "amountFen")}
    conditions = [*item.rules, *item.review, *(each.when for each in item.materials if each.when)]
    assert {each.value for each in conditions} <= told | asked
    over = next(each.otherwise for each in item.rules if each.value.endswith("withinQuota"))
    assert item.terms_of().terms.quota_fen == QUOTA
    assert "4500" in over.zh
    assert "4,500" in over.en


def test_the_ledger_is_what_the_items_say() -> None:
    whole = ledger.tally(material for item in ITEMS for material in item.materials)
    sources = ledger.by_source(ITEMS)
    assert whole.materials == sum(len(item.materials) for item in ITEMS)
    assert sum(each.tally.paper for each in sources) == whole.paper
    assert sum(each.tally.api for each in sources) == whole.api
    assert sources[0].tally.paper == max(each.tally.paper for each in sources)
    assert 0 < whole.gap_percent < 100


def test_a_gap_is_closed_only_when_nothing_is_left() -> None:
    assert ledger.Tally(api=999, paper=1).gap_percent == 1
    assert ledger.Tally(api=3).gap_percent == 0
    assert ledger.Tally(paper=2).gap_percent == 100
    assert ledger.Tally().gap_percent == 0


def test_a_material_that_gets_a_fact_is_no_paper_any_more() -> None:
    paper = next(each for item in ITEMS for each in item.materials if each.by == "paper")
    written: dict[str, object] = paper.model_dump(exclude={"why"}) | {"fact": "some-fact"}
    assert Material.model_validate(written).by == "api"


def test_a_quarter_is_the_calendar_s_in_china() -> None:
    assert period_of(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 3) == "2026-10"
    assert period_of(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 3) == "2027-01"
    assert period_of(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 12) == "2026-01"


def test_the_law_s_time_begins_the_day_after() -> None:
    due = end_of_term(datetime(2026, 11, 23, 17, 0, tzinfo=UTC), 3)  # the 24th in China
    assert due == datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC)
    assert end_of_term(datetime(2026, 11, 23, tzinfo=UTC), None) is None


def test_nothing_leads_out_of_an_end_and_every_status_is_reached() -> None:
    ends = set(Status) - set(OPEN)
    assert [name for name, (sources, _) in TRANSITIONS.items() if set(sources) & ends] == []
    assert {target for _, target in TRANSITIONS.values()} | {Status.SUBMITTED} == set(Status)
