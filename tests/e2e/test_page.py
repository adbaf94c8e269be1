"""The page itself: two languages, keyboards and thumbs, small screens, lost networks, the way back."""

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


def test_english_is_a_switch_away_and_remembered(person: Person) -> None:
    html = person.page.locator("html")
    expect(html).to_have_attribute("lang", "zh-CN")
    person.page.get_by_role("button", name="EN").click()
    expect(html).to_have_attribute("lang", "en")
    expect(person.terminal.get_by_role("heading")).to_have_text("Pharmacy terminal")
    person.page.reload()
    expect(html).to_have_attribute("lang", "en")
    expect(person.phone.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_keyboard_alone_suffices_to_log_in(person: Person) -> None:
    person.phone.get_by_role("searchbox").focus()
    person.page.keyboard.press("Tab")
    person.page.keyboard.press("Enter")
    expect(person.sheet).to_be_visible()
    person.page.keyboard.press("Escape")
    expect(person.sheet).to_have_count(0)
    person.page.keyboard.press("Enter")
    expect(person.sheet).to_be_visible()
    person.page.keyboard.press("Enter")
    expect(person.screen("home")).to_be_visible()


def test_logging_out_forgets_who_one_was(person: Person) -> None:
    person.log_in()
    person.log_out()
    assert person.page.evaluate("sessionStorage.length") == 0


def test_without_the_service_the_page_says_so_and_tries_again_when_asked(person: Person) -> None:
    person.log_in()
    person.page.route("**/v1/hospitals*", lambda route: route.abort())
    person.phone.locator(".service").first.click()
    expect(person.phone.get_by_role("alert")).to_contain_text("连不上服务")
    person.page.unroute("**/v1/hospitals*")
    person.phone.get_by_role("button", name="重试").click()
    expect(person.screen("hospitals").locator(".row").first).to_be_visible()


def test_the_devices_own_way_back_leaves_the_screen_and_not_the_page(person: Person) -> None:
    person.log_in()
    person.phone.locator(".service").first.click()
    person.screen("hospitals").locator(".row").first.click()
    person.phone.get_by_role("button", name="返回").click()
    expect(person.screen("hospitals")).to_be_visible()
    person.page.evaluate("history.back()")
    expect(person.screen("home")).to_be_visible()


def test_after_a_reload_one_is_still_logged_in(person: Person) -> None:
    person.log_in()
    person.page.reload()
    expect(person.screen("home").locator(".invite")).to_be_visible()


def test_on_a_phone_every_panel_is_a_tab_and_nothing_scrolls_sideways(hand_held: Person) -> None:
    hand_held.log_in()
    hand_held.bind()
    hand_held.primary.click()
    expect(hand_held.phone.locator(".qr")).to_be_visible()
    for panel in ("terminal", "desk", "log", "phone"):
        hand_held.page.locator(f".switcher [data-panel={panel}]").click()
        expect(hand_held.page.locator(f"#{panel}")).to_be_visible()
        assert hand_held.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hand_held.go_home()
    hand_held.find_slot()
    assert hand_held.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_button_can_be_hit_by_a_thumb(hand_held: Person) -> None:
    hand_held.log_in()
    _fits_a_thumb(hand_held)


def test_what_a_holder_may_do_fits_a_phone_and_a_thumb(hand_held: Person) -> None:
    hand_held.log_in()
    hand_held.bind()
    hand_held.open_card()
    _fits_a_thumb(hand_held)
    hand_held.phone.locator("[data-act=licence]").click()
    expect(hand_held.phone.locator(".nonce")).to_be_visible()
    _fits_a_thumb(hand_held)
    hand_held.open_usages()
    _fits_a_thumb(hand_held)
    hand_held.open_family()
    hand_held.phone.locator("[data-action=add-member]").click()
    _fits_a_thumb(hand_held)
    hand_held.go_home()
    hand_held.phone.get_by_role("button", name="扫柜台码").click()
    _fits_a_thumb(hand_held)
    hand_held.phone.get_by_role("button", name="我的", exact=True).click()
    hand_held.phone.locator("[data-action=sessions]").click()
    expect(hand_held.phone.locator(".session")).to_be_visible()
    _fits_a_thumb(hand_held)


def test_what_can_be_done_about_a_visit_fits_a_phone_and_a_thumb(hand_held: Person) -> None:
    hand_held.log_in()
    hand_held.bind()
    hand_held.go_home()
    hand_held.book()
    _fits_a_thumb(hand_held)
    hand_held.page.locator(".switcher [data-panel=desk]").click()
    hand_held.desk.locator("[data-part=clinic]").click()
    expect(hand_held.desk.locator(".roster-acts").first).to_be_visible()
    _fits_a_thumb(hand_held)
    hand_held.page.locator(".switcher [data-panel=phone]").click()
    hand_held.phone.locator("[data-act=reschedule]").click()
    expect(hand_held.phone.locator(".day").first).to_be_visible()
    _fits_a_thumb(hand_held)
    hand_held.phone.get_by_role("button", name="返回").click()
    hand_held.phone.locator("[data-act=cancel]").click()
    _fits_a_thumb(hand_held)
    hand_held.confirm()
    expect(hand_held.phone.locator("[data-payment=refunded]")).to_be_visible()


def _fits_a_thumb(visitor: Person) -> None:
    """Nothing hangs over the edge, and whatever is pressed is 44 pixels high; a choice is pressed on its label."""
    heights = visitor.page.evaluate(
        "[...document.querySelectorAll('button, .button, label:has(input), input:not(label input), select')]"
        ".map((each) => each.getBoundingClientRect()).filter(({ width }) => width).map(({ height }) => height)"
    )
    assert len(heights) > 5
    assert round(min(heights)) >= 44
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    view = visitor.phone.locator(".phone-view")
    assert view.evaluate("view => view.scrollWidth <= view.clientWidth")
