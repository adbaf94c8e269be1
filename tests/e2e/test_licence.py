"""A card shown to eyes, and somebody who checks it on a phone of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


@pytest.fixture
def checker(browser: Browser) -> Iterator[Page]:
    with browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


def test_whoever_checks_sees_the_same_masked_face_and_an_unknown_code_is_not_believed(
    person: Person, checker: Page
) -> None:
    person.log_in()
    person.bind()
    person.open_card()
    person.phone.locator("[data-act=licence]").click()
    nonce = person.phone.locator(".nonce strong").inner_text()
    expect(person.phone.locator(".watermark")).to_contain_text(nonce)

    checker.goto(f"{person.origin}/l/")
    checker.get_by_label("查验码").fill(nonce.lower())
    checker.locator("[data-action=check]").click()
    expect(checker.locator("[data-verdict]")).to_have_attribute("data-verdict", "shown")
    for seen in (".card-holder", ".card-number"):
        assert checker.locator(seen).inner_text() == person.phone.locator(seen).inner_text()
    assert person.identity["realName"] not in checker.content()
    assert person.identity["idNumber"] not in checker.content()
    assert checker.evaluate("document.documentElement.scrollWidth <= innerWidth")

    checker.get_by_label("查验码").fill("00000-00000")
    checker.locator("[data-action=check]").click()
    expect(checker.locator("[data-verdict]")).to_have_attribute("data-verdict", "unknown")
    checker.get_by_role("button", name="EN").click()
    expect(checker.locator("[data-verdict] h2")).to_have_text("No such code, or no longer")


def test_a_renewed_face_has_another_nonce(person: Person) -> None:
    person.log_in()
    person.bind()
    person.open_card()
    person.phone.locator("[data-act=licence]").click()
    first = person.phone.locator(".nonce strong").inner_text()
    person.phone.locator("[data-action=renew]").click()
    expect(person.phone.locator(".nonce strong")).not_to_have_text(first)
