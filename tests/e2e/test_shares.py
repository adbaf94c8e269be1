"""A certificate is shown by a link: the page asks before it uses the link up, it opens once, and its holder sees it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("stack")]

SIGNED_MS = 60_000


def test_a_link_is_shown_once_opens_once_and_is_seen_by_its_holder(person: Person, browser: Browser) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    person.request_certificate()
    expect(person.phone.locator(".paper")).to_be_visible(timeout=SIGNED_MS)
    person.phone.locator("[data-action=share]").click()
    person.sheet.locator("[data-field=purpose]").fill("租房备案")
    person.sheet.locator("[data-action=share]").click()
    link = person.sheet.locator("[data-link]").input_value()
    assert re.fullmatch(r".+/s/#[\w-]{43}", link)

    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        page.goto(link)
        expect(page.locator("[data-share=closed]")).to_contain_text("只能打开一次")
        assert not any("/v1/" in each for each in sent)
        page.locator("[data-action=open-share]").click()
        expect(page.locator("[data-share=opened]")).to_contain_text("租房备案")
        document = page.request.get(page.locator("[data-action=fetch]").get_attribute("href") or "")
        assert document.body().startswith(b"%PDF")
        assert link.partition("#")[2] not in "".join(each.partition("#")[0] for each in sent)
        assert person.identity["idNumber"] not in page.content()
        other = context.new_page()
        other.goto("about:blank")
        other.goto(link)
        other.locator("[data-action=open-share]").click()
        expect(other.locator("[data-share=share-used]")).to_contain_text("已被使用")

    person.sheet.locator("[data-action=my-shares]").click()
    share = person.screen("shares").locator("[data-share]")
    expect(share).to_have_attribute("data-status", "used")
    expect(share).to_contain_text("已查看")
    person.page.get_by_role("button", name="EN").click()
    expect(share).to_contain_text("One-time link")
