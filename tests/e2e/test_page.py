"""A person does the errand by hand, in a real browser, against the running service."""

import io
import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.person import Person, fits, is_not_insured, owns_a_house
from tests.e2e.pictures import Album

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]

SIGNED_MS = 60_000
PHONES = (360, 390, 430)


@pytest.fixture
def person(page: Page, origin: str) -> Person:
    visitor = Person(page, origin)
    visitor.arrive()
    return visitor


@pytest.fixture(params=PHONES)
def hand_held(request: pytest.FixtureRequest, browser: Browser, origin: str) -> Iterator[Person]:
    size = {"width": request.param, "height": 780}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        visitor = Person(context.new_page(), origin)
        visitor.arrive()
        yield visitor


def test_a_person_does_the_whole_errand_by_hand(person: Person, album: Album) -> None:
    person.log_in()
    person.bind()
    name = person.identity["realName"]
    expect(person.phone.locator(".card-holder")).to_have_text(name[0] + "*" * (len(name) - 1))
    person.go_home()
    album.phone()
    person.primary.click()
    expect(person.phone.locator(".qr")).to_be_visible()
    person.terminal.locator("[data-action=scan]").click()
    expect(person.terminal.get_by_text("到场已确认")).to_be_visible()
    expect(person.terminal.get_by_text(person.identity["idNumber"])).to_have_count(0)
    album.terminal()
    person.terminal.locator("[data-action=rescan]").click()
    expect(person.terminal.get_by_role("alert")).to_contain_text("409 code-used")

    person.go_home()
    person.find_slot()
    person.hold()
    person.pay()
    expect(person.phone.get_by_text("预约成功")).to_be_visible(timeout=SIGNED_MS)
    expect(person.phone.locator(".ticket strong").first).to_have_text(re.compile(r"^\d+$"))
    expect(person.phone.locator(".ticket strong").last).to_have_text(re.compile(r"^\w{4,}$"))
    expect(person.desk.get_by_text("签名已验证").first).to_be_visible()
    album.errand()

    person.go_home()
    person.request_certificate()
    expect(person.phone.locator(".paper")).to_be_visible(timeout=SIGNED_MS)
    person.phone.locator("[data-action=download]").click()
    link = person.phone.locator("[data-action=open]")
    expect(link).to_be_visible()
    assert person.page.request.get(link.get_attribute("href") or "").body().startswith(b"%PDF-")
    expect(person.page.locator("#errand .done")).to_have_count(11)

    asked = "\n".join(person.addresses)
    assert person.identity["idNumber"] not in asked
    kept = person.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert person.identity["idNumber"] not in kept
    assert name not in kept


def test_the_code_on_the_screen_is_the_code_that_a_camera_reads(person: Person) -> None:
    person.log_in()
    person.bind()
    with person.page.expect_response(re.compile(r"/codes$")) as answered:
        person.primary.click()
    picture = Image.open(io.BytesIO(person.phone.locator(".qr").screenshot()))
    assert [symbol.text for symbol in zxingcpp.read_barcodes(picture)] == [answered.value.json()["code"]]


def test_without_a_code_on_the_phone_the_terminal_says_what_to_do(person: Person) -> None:
    person.terminal.locator("[data-action=scan]").click()
    expect(person.terminal.get_by_text("手机上没有亮码")).to_be_visible()


def test_a_failed_face_gives_no_card(person: Person) -> None:
    person.log_in()
    person.phone.locator(".invite .button-primary").click()
    person.prove_face(passed=False)
    expect(person.phone.get_by_text("人脸核验未通过")).to_be_visible()
    person.go_home()
    expect(person.phone.locator(".invite")).to_be_visible()


def test_a_number_that_cannot_be_is_refused_in_words(person: Person) -> None:
    person.log_in()
    person.phone.locator(".invite .button-primary").click()
    number = person.phone.get_by_label("身份证号")
    last = person.identity["idNumber"][-1]
    number.fill(person.identity["idNumber"][:-1] + ("1" if last != "1" else "2"))
    person.primary.click()
    expect(person.phone.get_by_role("alert")).to_contain_text("422 identity-number-invalid")


def test_somebody_who_is_not_insured_is_told_so(person: Person) -> None:
    person.log_in(is_not_insured)
    person.phone.locator(".invite .button-primary").click()
    person.prove_face()
    person.primary.click()
    person.primary.click()
    expect(person.phone.get_by_role("alert")).to_contain_text("404 person-not-insured")


def test_the_owner_of_a_house_is_told_why_there_is_no_certificate(person: Person) -> None:
    person.log_in(owns_a_house)
    person.bind()
    person.go_home()
    person.request_certificate()
    expect(person.phone.get_by_text("不能签发")).to_be_visible(timeout=SIGNED_MS)
    expect(person.phone.locator(".notice-warning p")).not_to_be_empty()


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


def test_the_payment_apps_own_page_serves_as_well_as_the_buttons(person: Person) -> None:
    person.log_in()
    person.phone.locator(".invite .button-primary").click()
    person.primary.click()
    with person.page.expect_popup() as opened:
        person.phone.get_by_role("link").click()
    opened.value.locator("#pass").click()
    expect(person.phone.locator(".result-success")).to_be_visible()


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
    hand_held.log_in(fits)
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
    hand_held.log_in(fits)
    heights = hand_held.page.evaluate(
        "[...document.querySelectorAll('button, .button, input, select')]"
        ".map((each) => each.getBoundingClientRect()).filter(({ width }) => width).map(({ height }) => height)"
    )
    assert len(heights) > 5
    assert min(heights) >= 44
