"""After the booking: another time, no visit at all, a stopped clinic, the visit itself, and what missing it means."""

import random
import re

import pytest
from playwright.sync_api import expect

from sandbox.journey import Errand
from sandbox.visitor import Visitor
from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]

SANCTION = {
    "id": "snc_01JASANCT10N000000000000AA",
    "status": "pending",
    "hospitalId": "hos_01JAHASPTA00000000000000AB",
    "missed": [{"appointmentId": "apt_1", "startsAt": "2026-11-02T00:00:00Z"}],
    "recordedAt": "2026-11-20T10:00:00Z",
    "appealUntil": "2099-11-30T10:00:00Z",
    "barredUntil": None,
}


def _has_a_booking(person: Person) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    person.book()


def _somebody_else_takes(origin: str, slot_id: str | None) -> None:
    other = Errand(Visitor(origin, origin), random.Random())
    for step in (Errand.login, Errand.face, Errand.bind_card):
        step(other)
    other.visitor.post("/v1/appointments", {"slotId": slot_id, "cardId": other.card["id"]})


def test_a_booking_moves_once_a_slot_can_be_had_and_its_money_comes_back_in_the_end(
    person: Person, origin: str
) -> None:
    _has_a_booking(person)
    code = person.phone.locator(".ticket strong").last.inner_text()
    person.phone.locator("[data-act=reschedule]").click()
    times = person.phone.locator(".time")
    expect(times.nth(1)).to_be_visible()
    _somebody_else_takes(origin, times.first.get_attribute("data-slot"))
    times.first.click()
    person.sheet.locator("[data-action=confirm]").click()
    expect(person.sheet.get_by_role("alert")).to_contain_text("409 slot-taken")
    person.sheet.get_by_role("button", name="保留预约").click()
    times.nth(1).click()
    person.confirm()
    expect(person.phone.get_by_text("改约成功")).to_be_visible()
    expect(person.phone.locator(".ticket strong").last).not_to_have_text(code)

    person.phone.locator("[data-act=cancel]").click()
    expect(person.sheet.locator(".price")).to_have_text(re.compile(r"^¥\d+\.00$"))
    person.confirm()
    expect(person.phone.get_by_text("您已取消预约")).to_be_visible()
    expect(person.phone.locator("[data-payment=refunded]")).to_be_visible()
    person.page.get_by_role("button", name="EN").click()
    expect(person.phone.locator("[data-payment=refunded]")).to_contain_text("Refunded")
    expect(person.phone.get_by_text("You cancelled")).to_be_visible()


def test_a_stopped_clinic_gives_the_money_back_and_says_where_else_to_go(person: Person) -> None:
    _has_a_booking(person)
    person.desk.locator("[data-part=clinic]").click()
    expect(person.desk.locator(".roster-acts").first).to_be_visible()
    person.desk.locator("[data-action=stopped]").click()
    expect(person.phone.get_by_text("医院停诊")).to_be_visible()
    expect(person.phone.locator("[data-payment=refunded]")).to_be_visible()
    person.phone.locator(".alternatives [data-slot]").first.click()
    person.sheet.locator(".button-primary").click()
    expect(person.phone.locator(".countdown")).to_be_visible()
    person.phone.locator("[data-act=give-up]").click()
    person.confirm()
    expect(person.phone.get_by_text("没有产生费用")).to_be_visible()
    person.desk.locator("[data-action=resumed]").click()
    expect(person.desk.locator("[data-action=stopped]")).to_be_visible()


def test_on_the_day_one_checks_in_is_called_and_seen(person: Person) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    person.phone.locator(".service").first.click()
    person.screen("hospitals").locator(".row").first.click()
    person.desk.locator("[data-part=clinic]").click()
    person.desk.locator("[data-action=extra]").click()
    added = person.desk.locator(".notice-success strong")
    expect(added).to_be_visible()
    day, said = added.get_attribute("data-date"), re.search(r"\d\d:\d\d", added.inner_text())
    assert said
    person.phone.locator(".tile").first.click()
    _open_day(person, day, said[0])
    person.phone.locator(".time").filter(has_text=said[0]).first.click()
    person.sheet.locator(".button-primary").click()
    expect(person.phone.locator(".countdown")).to_be_visible()
    person.pay()
    person.phone.locator("[data-act=check-in]").click()
    expect(person.phone.get_by_text("请在候诊区等候叫号")).to_be_visible()
    mine = person.desk.locator(
        f"[data-appointment={person.phone.locator('.facts .mono').first.inner_text()}]"
    )
    expect(mine).to_have_attribute("data-status", "checked-in")
    mine.locator("[data-outcome=called]").click()
    expect(person.phone.get_by_text("请前往诊室")).to_be_visible()
    mine.locator("[data-outcome=fulfilled]").click()
    expect(person.phone.get_by_text("就诊已完成")).to_be_visible()


def _open_day(person: Person, day: str | None, time: str) -> None:
    """Look at that day again until the session that was just planned is published."""
    slot = person.phone.locator(".time").filter(has_text=time)
    for _ in range(60):
        person.phone.locator(f".day[data-date='{day}']").click()
        expect(person.phone.locator(".region[aria-busy]")).to_have_count(0)
        if slot.count():
            return
        person.page.wait_for_timeout(500)
    raise AssertionError("the session was not published")


def test_a_sanction_says_what_was_missed_and_an_appeal_that_fails_is_said_in_words(person: Person) -> None:
    person.log_in()
    person.page.route(
        "**/v1/sanctions", lambda route: route.fulfill(json={"items": [SANCTION], "cursor": None})
    )
    person.phone.get_by_role("button", name="我的", exact=True).click()
    person.phone.locator("[data-action=sanctions]").click()
    expect(person.phone.locator(".sanction")).to_contain_text("1 次预约未就诊")
    person.phone.locator("[data-action=appeal]").click()
    expect(person.sheet.get_by_role("heading")).to_be_focused()
    person.sheet.get_by_label("申诉理由").fill("当天住院")
    person.sheet.locator("[data-action=confirm]").click()
    expect(person.sheet.get_by_role("alert")).to_contain_text("404 sanction-not-found")
