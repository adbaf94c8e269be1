"""What a type may say of itself in its file: needs, rules, wording. Without any cloud."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.certificates.model.facts import Field, Need, Told
from chalicelib.certificates.model.labels import Label, Reason
from chalicelib.certificates.model.rules import Rule
from chalicelib.certificates.model.types import CertificateType

NAME = {"zh": "名", "en": "name"}
WHY = Reason(code="no", zh="不符", en="no")
NEED: dict[str, Any] = {
    "fact": "account",
    "department_id": "fund",
    "name": NAME,
    "fields": {
        "months": {"kind": "number", "name": NAME, "unit": {"zh": "个月", "en": "months"}},
        "state": {"kind": "one-of", "name": NAME, "names": {"open": {"zh": "正常", "en": "open"}}},
        "since": {"kind": "date", "name": {"zh": "起始日期", "en": "Since"}, "optional": True},
        "region": {"kind": "region", "name": NAME},
        "deposits": {
            "kind": "rows",
            "name": NAME,
            "columns": [{"kind": "month", "name": NAME}, {"kind": "money", "name": NAME}],
        },
    },
}
TYPE = CertificateType.model_validate(
    {
        "id": "deposits",
        "serial_prefix": "GJ",
        "name": NAME,
        "legal_basis": [NAME],
        "issuer": {"zh": "{region}中心", "en": "Centre of {region}"},
        "department_id": "fund",
        "department_name": NAME,
        "needs": [NEED],
        "statement": {
            "zh": "截至{as_of}，在{region}累计缴存{account.months}。",
            "en": "has paid for {account.months} in {region} as of {as_of}.",
            "strong": {"zh": "{account.months}", "en": "{account.months}"},
        },
        "lines": [
            {"value": "account.since"},
            {"value": "account.state", "label": {"zh": "状态", "en": "State"}},
            {"value": "account.deposits"},
        ],
        "valid_days": 30,
        "statutory_days": 1,
    }
)
ACCOUNT: dict[str, Told] = {
    "months": 14,
    "state": "open",
    "since": None,
    "region": "330100",
    "deposits": "2026-09,123456\n2026-10,7",
}
FACTS = {"account": ACCOUNT}
HANGZHOU = Label(zh="杭州市", en="Hangzhou")


def test_the_statement_is_filled_in_both_languages() -> None:
    said = TYPE.statement_of(FACTS, HANGZHOU, date(2026, 11, 3))
    assert said.zh == "截至2026年11月3日，在杭州市累计缴存14个月。"
    assert said.en == "has paid for 14 months in Hangzhou as of 3 November 2026."
    assert said.strong == Label(zh="14个月", en="14 months")


def test_what_a_department_left_open_has_no_line() -> None:
    (line,) = TYPE.lines_of(FACTS)
    assert (line.label.zh, line.value.en, line.told, line.element) == ("状态", "open", "open", None)
    both = TYPE.lines_of({"account": ACCOUNT | {"since": "2025-09-01"}})
    assert [each.value.en for each in both] == ["1 September 2025", "open"]


def test_rows_become_a_table() -> None:
    (table,) = TYPE.tables_of(FACTS)
    assert [[cell.zh for cell in row] for row in table.rows] == [
        ["2026年9月", "1,234.56元"],
        ["2026年10月", "0.07元"],
    ]
    assert TYPE.tables_of({"account": ACCOUNT | {"deposits": ""}}) == ()


def test_the_region_is_the_facts() -> None:
    assert TYPE.region_code(FACTS) == "330100"
    assert TYPE.region_code({}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": True},
        {"months": -1},
        {"months": "14"},
        {"months": None},
        {"state": "shut"},
        {"since": "2026-13-01"},
        {"region": ""},
        {"region": 330100},
        {"deposits": "2026-09"},
        {"deposits": "2026-09,x"},
        {"deposits": "2026-09,1,2"},
    ],
)
def test_an_answer_of_another_form_does_not_fit(wrong: dict[str, Told]) -> None:
    assert TYPE.fits(FACTS)
    assert TYPE.fits({"account": ACCOUNT | {"more": "than agreed"}})
    assert not TYPE.fits({"account": ACCOUNT | wrong})
    assert not TYPE.fits({})


@pytest.mark.parametrize(
    ("test", "passing", "failing"),
    [
        ({"equals": 0}, [0], [False, "0", 1, None]),
        ({"equals": True}, [True], [1, "true", False, None]),
        ({"equals": "x"}, ["x"], ["y", None]),
        ({"one_of": ["a", "b"]}, ["a", "b"], ["c", None, 1]),
        ({"at_least": 3}, [3, 4], [2, "3", True, None]),
        ({"at_most": 3}, [0, 3], [4, None]),
        ({"absent": True}, [None], ["x", 0, False]),
        ({"absent": False}, ["x", 0], [None]),
    ],
)
def test_a_rule_passes_what_it_names_and_nothing_else(
    test: dict[str, Any], passing: list[Told], failing: list[Told]
) -> None:
    rule = Rule.model_validate({"value": "f.x", "otherwise": WHY, **test})
    assert all(rule.met({"f": {"x": value}}) for value in passing)
    assert not any(rule.met({"f": {"x": value}}) for value in failing)
    assert rule.met({}) == (test == {"absent": True})


@pytest.mark.parametrize("tests", [{}, {"equals": 1, "at_least": 1}])
def test_a_rule_has_exactly_one_test(tests: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        Rule.model_validate({"value": "f.x", "otherwise": WHY, **tests})


def test_the_first_broken_rule_gives_the_reason_and_review_is_asked_apart() -> None:
    rules = tuple(
        Rule(value="account.months", at_least=most, otherwise=WHY.model_copy(update={"code": code}))
        for most, code in ((10, "a"), (20, "b"), (30, "c"))
    )
    kind = TYPE.model_copy(update={"rules": rules, "review": rules[2:]})
    assert [found.code for found in (kind.refusal(FACTS), kind.needs_review(FACTS)) if found] == ["b", "c"]
    assert (TYPE.refusal(FACTS), TYPE.needs_review(FACTS)) == (None, None)


def test_a_yes_and_a_no_are_words() -> None:
    field = Field.model_validate({"kind": "yes-no", "name": NAME})
    assert [field.said(told).en for told in (True, False)] == ["Yes", "No"]
    assert Need.model_validate(NEED).fields["months"].said(1).zh == "1个月"
