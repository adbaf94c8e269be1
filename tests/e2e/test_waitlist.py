"""Waiting by hand: a doctor is fully booked, the chance is shown, the prepayment opens the place, a slot comes back."""

import random

import pytest
from playwright.sync_api import expect

from sandbox.journey.errand import Errand
from sandbox.visitor import Visitor
from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


def somebody_who_has_the_only_place(origin: str) -> tuple[Errand, dict[str, str]]:
    """Another citizen, who was faster; and which hospital, department, doctor and day that is."""
    errand = Errand(Visitor(origin, origin), random.Random())
    errand.login()
    errand.face()
    errand.bind_card()
    where = errand.the_only_place()
    errand.pay()
    return errand, where


def test_whoever_waits_for_a_full_day_has_the_slot_that_comes_back(person: Person, origin: str) -> None:
    faster, where = somebody_who_has_the_only_place(origin)
    person.log_in()
    person.bind()
    person.go_home()
    seen = faster.visitor.get(f"/v1/appointments/{faster.appointment['id']}")
    person.phone.locator(".service").first.click()
    person.phone.get_by_role("searchbox").fill(seen["hospitalName"])
    # exactly: a branch's name begins with its hospital's
    name = person.page.get_by_text(seen["hospitalName"], exact=True)
    person.screen("hospitals").locator(".row").filter(has=name).click()
    person.phone.get_by_role("button", name=seen["departmentName"], exact=True).click()
    person.phone.locator(f".day[data-date='{where['date']}']").click()

    offer = person.phone.locator("[data-action=wait]")
    expect(offer).to_contain_text("%")
    offer.click()
    expect(person.sheet.locator(".facts")).to_contain_text("¥100.00")
    person.sheet.locator("[data-action=join]").click()
    person.phone.locator("[data-action=prepay]").click()
    person.sheet.locator("[data-action=pay]").click()
    expect(person.screen("wait").locator(".apt-head .badge")).to_have_text("候补中")
    expect(person.screen("wait").locator(".facts")).to_contain_text("当前排位")

    faster.visitor.post(f"/v1/appointments/{faster.appointment['id']}/cancel")
    faster.refunded()
    person.go_home()
    person.phone.get_by_role("button", name="我的预约").click()
    person.phone.locator("[data-wait]").click()
    expect(person.screen("wait").locator(".apt-head .badge")).to_have_text("候补成功")
    person.primary.click()
    expect(person.phone.get_by_text("预约成功")).to_be_visible()
