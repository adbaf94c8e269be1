"""The service items as data, and the ledger that is computed from them."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.matters import catalogue
from chalicelib.matters.model import ledger
from chalicelib.matters.model.applications import OPEN, TRANSITIONS, Status, end_of_term, period_of
from chalicelib.matters.model.items import Material
from infra.matters import faults, main
from sandbox.departments.catalogue import DEPARTMENTS
from tests.matters import ITEM, QUOTA

ITEMS = list(catalogue.items().values())
REASON = {"code": "c", "zh": "理由", "en": "a reason"}
MATERIAL = {
    "id": "shoes",
    "name": {"zh": "鞋", "en": "Shoes"},
    "source": {"id": "civil-registry", "name": {"zh": "户政", "en": "Registry"}},
}
FACTS = {(department.department_id, fact) for department in DEPARTMENTS.values() for fact in department.facts}


def test_the_items_may_be_packaged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "may be packaged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"code": "M02"}, "code M02 is used by 2 items"),
        ({"id": "another"}, "its id is another"),
        ({"name": {"zh": "a name", "en": "a name"}}, "not told in both languages"),
        ({"trips": -1}, "greater than or equal"),
        ({"rules": [{"value": "household.shoes", "equals": 1, "otherwise": REASON}]}, "told by nobody"),
        ({"rules": [{"value": "somebody.knows", "equals": 1, "otherwise": REASON}]}, "told by nobody"),
        ({"materials": [MATERIAL | {"fact": "shoe-size"}]}, "tells no fact shoe-size"),
        ({"materials": [MATERIAL]}, "paper without saying why"),
        ({"materials": [MATERIAL | {"face": True}] * 2}, "stands there 2 times"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_before_it_is_packaged(
    tmp_path: Path, wrong: dict[str, Any], fault: str
) -> None:
    shutil.copytree(catalogue.FOLDER, tmp_path / "items", ignore=shutil.ignore_patterns("*.py"))
    path = tmp_path / "items" / "veteran-card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    assert fault in "\n".join(faults(tmp_path / "items"))


def test_what_is_said_to_be_fetched_can_be_fetched() -> None:
    assert [need for item in ITEMS for need in item.needs() if need not in FACTS] == []


def test_the_withdrawal_s_limit_is_the_one_that_its_reason_names() -> None:
    item = catalogue.items()[ITEM]
    assert [each.id for each in ITEMS if each.online] == [ITEM]
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
