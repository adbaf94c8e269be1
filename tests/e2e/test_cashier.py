"""The cash register shows who bears what before anybody pays, and leaves the insurance out where it is declined."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


def fen(shown: str) -> int:
    """An amount as the page writes it."""
    return round(float(re.sub(r"[^\d.]", "", shown)) * 100)


def with_a_hold(person: Person) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    person.find_slot()
    person.hold()


def test_the_legs_add_up_and_only_the_cash_is_asked_for(person: Person) -> None:
    with_a_hold(person)
    person.primary.click()
    legs = person.sheet.locator("[data-leg]")
    expect(person.sheet.locator("[data-leg=cash]")).to_be_visible()
    expect(person.sheet.get_by_text("医保统筹基金支付")).to_be_visible()
    assert sum(map(fen, legs.all_text_contents())) == fen(person.sheet.locator(".amount").inner_text())
    cash = person.sheet.locator("[data-leg=cash]").inner_text()
    expect(person.sheet.locator("[data-action=pay]")).to_contain_text(cash)
    person.sheet.locator("[data-action=pay]").click()
    expect(person.phone.get_by_text("预约成功")).to_be_visible()


def test_who_declines_the_insurance_pays_all_of_it(person: Person) -> None:
    with_a_hold(person)
    person.phone.locator("[name=useInsurance]").uncheck()
    person.primary.click()
    amount = person.sheet.locator(".amount")
    expect(amount).to_be_visible()
    expect(person.sheet.locator("[data-leg]")).to_have_count(0)
    expect(person.sheet.locator("[data-action=pay]")).to_contain_text(amount.inner_text())
