"""Applying by hand: no paper is asked for, the money comes; and the ledger that anyone may read."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.person import Citizen, Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]

ITEM = "provident-fund-withdrawal"


def test_whoever_owns_no_house_withdraws_by_one_scan(person: Person) -> None:
    def can(citizen: Citizen) -> bool:
        alone = citizen["facts"]["houses"] == 0 and citizen["facts"]["maritalStatus"] != "married"
        pays = (
            citizen["insured"] and citizen["bank"] and citizen["bank"]["active"] and not citizen["deceased"]
        )
        if not (alone and pays):
            return False
        account = person.page.request.get(
            f"{person.origin}/sandbox/provident-fund/accounts/{citizen['userId']}"
        )
        told = account.json()
        if not account.ok or told["accountStatus"] != "normal":
            return False
        months, untouched = told["depositedMonths"], told["monthlyFen"] * told["depositedMonths"]
        return bool(months > 2 and told["balanceFen"] == untouched)  # nothing was withdrawn this quarter

    person.choose(can)
    person.sheet.locator(".button-primary").click()
    person.phone.get_by_role("button", name="办事").click()
    person.phone.locator(f"[data-matter={ITEM}]").click()
    expect(person.screen("matter").locator("[data-by=paper]")).to_have_count(1)
    person.primary.click()
    person.prove_face()
    expect(person.phone.locator(".result-success")).to_be_visible()
    person.primary.click()
    person.phone.locator("input[name=amount]").fill("123.45")
    person.phone.locator("[data-action=apply]").click()
    paid = person.screen("application")
    expect(paid.locator(".result-success")).to_contain_text("¥123.45")
    expect(paid.locator(".facts")).to_contain_text("纸质 0 份")
    assert not [each for each in person.addresses if person.identity["idNumber"] in each]


def test_the_ledger_says_in_both_languages_what_is_still_paper(page: Page, origin: str) -> None:
    told = page.request.get(f"{origin}/v1/once-only").json()
    page.goto(f"{origin}/once-only/")
    expect(page.locator(".once-gap")).to_contain_text(f"{told['tally']['gapPercent']}%")
    expect(page.locator("details")).to_have_count(len(told["items"]))
    page.locator(f"#{ITEM} summary").click()
    expect(page.locator(f"#{ITEM} [data-by=paper]")).to_be_visible()
    page.get_by_role("button", name="EN").click()
    expect(page.locator(".once-head")).to_contain_text("still asked for on paper")
