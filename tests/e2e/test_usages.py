"""Who looked at my card: at once, newest first, and what one can do about it."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person
from tests.e2e.pictures import Album

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]

ONE_SECOND_MS = 1000
"""Codes are minted by the second: what was shown within one may come in any order."""


def test_a_use_is_in_the_log_at_once_and_not_me_suspends_the_card(person: Person, album: Album) -> None:
    person.log_in()
    person.bind()
    person.open_usages()
    expect(person.phone.get_by_text("还没有用卡记录")).to_be_visible()
    person.open_card()
    person.show_code()
    shop = person.terminal.locator("select").first.evaluate("list => list.selectedOptions[0].text")
    person.be_scanned()
    expect(person.terminal.locator(".presence-head")).to_be_visible()
    person.open_usages()
    use = person.phone.locator(".usage")
    expect(use).to_have_count(1)
    expect(use).to_contain_text(shop)
    expect(use).to_contain_text("药店购药")
    expect(use.locator(".usage-told")).to_have_text("告知了：姓名、身份证号")
    assert person.identity["idNumber"] not in use.inner_text()

    use.locator("[data-action=not-me]").click()
    expect(person.sheet).to_contain_text("卡立即暂停")
    person.confirm()
    expect(use.locator(".badge-danger")).to_have_text("已否认")
    expect(use.locator("[data-action=not-me]")).to_have_count(0)
    album.usages()
    person.go_home()
    expect(person.phone.locator(".card-face")).to_have_attribute("data-status", "suspended")
    expect(person.phone.get_by_text("您否认了一次用卡，卡已暂停")).to_be_visible()


def test_who_read_my_data_shows_every_read_and_this_look(person: Person) -> None:
    person.log_in()
    person.bind()
    person.open_usages()
    person.phone.locator("[data-action=reads]").click()
    reads = person.screen("reads").locator(".read")
    expect(reads).to_have_count(2)
    expect(reads.first).to_contain_text("查看使用记录")
    expect(reads.first).to_contain_text("本人")
    expect(reads.last).to_contain_text("查询：")
    expect(reads.last).to_have_attribute("data-source", "social-security/insured-person")
    assert person.identity["idNumber"] not in person.screen("reads").inner_text()
    person.page.get_by_role("button", name="EN").click()
    expect(reads.first).to_contain_text("This log was read")


def test_a_long_log_comes_page_by_page_newest_first(person: Person) -> None:
    person.log_in()
    person.bind()
    person.open_card()
    shop = person.page.request.get(f"{person.origin}/sandbox/institutions?kind=pharmacy").json()["items"][0][
        "id"
    ]
    person.show_code()
    for _ in range(12):
        with person.page.expect_response("**/codes") as answered:
            person.phone.get_by_role("button", name="立即刷新").click()
        scanned = {"code": answered.value.json()["code"], "businessType": "01201"}
        person.page.request.post(f"{person.origin}/sandbox/institutions/{shop}/decode", data=scanned)
    person.open_usages()
    expect(person.phone.locator(".usage")).to_have_count(10)
    person.phone.get_by_role("button", name="显示更多").click()
    expect(person.phone.locator(".usage")).to_have_count(12)
    moments = "all => all.map((each) => Date.parse(each.dateTime))"
    times = person.phone.locator(".usage time").evaluate_all(moments)
    assert all(later >= earlier - ONE_SECOND_MS for later, earlier in pairwise(times))
    assert times[0] > times[-1]
    expect(person.phone.locator(".usage-told").first).to_have_text("告知了：掩码姓名")
