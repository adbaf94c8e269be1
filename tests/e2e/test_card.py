"""A card's life by hand: lost and found, paying without a network, moved, the bureau's word, given up."""

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person, heads_a_family
from tests.e2e.pictures import read

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


def test_a_card_suspended_on_one_device_is_refused_at_once_for_the_other_and_resumes_by_the_face(
    person: Person, second_device: Person
) -> None:
    person.log_in()
    person.bind()
    person.open_card()
    person.show_code()
    second_device.return_as(person.identity)
    second_device.open_card()
    second_device.act("suspend")
    expect(second_device.phone.locator(".card-face")).to_have_attribute("data-status", "suspended")
    expect(second_device.phone.locator(".notice-warning")).to_contain_text("您已挂失这张卡")
    person.be_scanned()
    expect(person.terminal.get_by_role("alert")).to_contain_text("409 card-suspended")

    second_device.act("resume")
    expect(second_device.screen("face")).to_be_visible()
    second_device.prove_face()
    second_device.primary.click()
    expect(second_device.phone.locator(".card-face")).to_have_attribute("data-status", "bound")
    second_device.show_code()
    second_device.be_scanned()
    expect(second_device.terminal.locator(".presence-head")).to_be_visible()


def test_with_the_face_just_scanned_a_card_resumes_without_another_scan(person: Person) -> None:
    person.log_in()
    person.bind()
    person.open_card()
    person.act("suspend")
    person.act("resume")
    expect(person.phone.locator(".card-face")).to_have_attribute("data-status", "bound")


def _offline_code(person: Person) -> str:
    """What a camera reads of it; and back to the card."""
    person.show_code()
    person.phone.get_by_role("tab", name="离线码").click()
    expect(person.phone.locator(".code-frame-dense .qr")).to_be_visible()
    (code,) = read(person.phone.locator(".qr"))
    person.phone.get_by_role("button", name="返回").click()
    expect(person.screen("card").locator(".facts")).to_be_visible()
    return code


def test_an_offline_code_is_judged_taken_and_handed_in_at_the_terminal_once(person: Person) -> None:
    person.log_in(heads_a_family)
    person.bind()
    person.open_card()
    person.act("bank")
    expect(person.phone.locator(".card-level")).to_have_text("二级签发")
    person.show_code()
    person.terminal.locator("[data-part=offline]").click()
    check = person.terminal.locator("[data-action=check]")
    check.click()
    expect(person.terminal.get_by_text("这是联网码")).to_be_visible()

    person.phone.get_by_role("tab", name="离线码").click()
    expect(person.phone.locator(".code-frame-dense .qr")).to_be_visible()
    (symbol,) = read(person.phone.locator(".qr"))
    assert symbol.startswith("SC2:")
    expect(person.phone.locator(".facts")).to_contain_text("¥200.00")
    for outcome in ("已入账", "code-double-spent"):
        check.click()
        expect(person.terminal.locator(".presence-head")).to_contain_text("码真实有效")
        person.terminal.locator("[data-action=take]").click()
        person.terminal.locator("[data-action=redeem]").click()
        expect(person.terminal.locator(".scans .badge").first).to_have_text(outcome)

    person.open_usages()
    expect(person.phone.locator(".usage")).to_have_count(1)
    expect(person.phone.locator(".usage")).to_contain_text("¥36.50")


def test_a_card_that_was_found_again_shows_another_offline_code(person: Person) -> None:
    person.log_in(heads_a_family)
    person.bind()
    person.open_card()
    person.act("bank")
    before = _offline_code(person)
    assert _offline_code(person) == before
    person.act("suspend")
    person.act("resume")
    assert _offline_code(person) != before


def test_more_than_an_offline_code_is_worth_is_not_taken(person: Person) -> None:
    person.log_in(heads_a_family)
    person.bind()
    person.open_card()
    person.act("bank")
    person.show_code()
    person.phone.get_by_role("tab", name="离线码").click()
    expect(person.phone.locator(".code-frame-dense .qr")).to_be_visible()
    person.terminal.locator("[data-part=offline]").click()
    person.terminal.locator("[data-action=check]").click()
    person.terminal.get_by_label("金额").fill("200.01")
    person.terminal.locator("[data-action=take]").click()
    expect(person.terminal.get_by_role("alert")).to_contain_text("不超过 ¥200.00")
    expect(person.terminal.locator("[data-action=redeem]")).to_have_count(0)


def test_a_phone_number_that_the_bank_does_not_know_is_refused_in_words(person: Person) -> None:
    person.log_in(heads_a_family)
    person.bind()
    person.open_card()
    person.phone.locator("[data-act=bank]").click()
    person.phone.get_by_label("银行预留手机号").fill("15400000000")
    person.sheet.locator("[data-action=confirm]").click()
    expect(person.sheet.get_by_role("alert")).to_contain_text("409 phone-not-matched")


def test_what_the_bureau_says_of_the_physical_card_holds_for_the_electronic_one(person: Person) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    person.desk.get_by_role("button", name="社保局").click()
    for status, seen in (("lost", "suspended"), ("locked", "locked"), ("active", "bound")):
        person.desk.locator(f"[data-status={status}]").click()
        expect(person.desk.get_by_text("已确认")).to_be_visible()
        person.wait_for_card(seen)
        assert person.phone.locator("[data-act=code]").count() == (seen == "bound")


def test_a_card_that_is_unlinked_is_gone_and_can_be_had_again(person: Person) -> None:
    person.log_in()
    person.bind()
    person.open_card()
    person.act("unlink")
    expect(person.phone.locator(".invite")).to_be_visible()
    person.phone.locator(".invite .button-primary").click()
    person.primary.click()
    expect(person.phone.locator(".card-face")).to_be_visible()


def test_a_card_in_another_account_is_moved_by_the_face(person: Person, second_device: Person) -> None:
    person.log_in(heads_a_family)
    person.bind()
    spouse = next(each["userId"] for each in person.identity["family"] if each["relation"] == "spouse")
    second_device.choose(lambda citizen: bool(citizen["userId"] == spouse))
    second_device.sheet.locator(".button-primary").click()
    second_device.phone.locator(".invite .button-primary").click()
    second_device.phone.get_by_label("姓名").fill(person.identity["realName"])
    second_device.phone.get_by_label("身份证号").fill(person.identity["idNumber"])
    second_device.prove_face()
    second_device.primary.click()
    second_device.primary.click()
    expect(second_device.phone.get_by_text("这张卡在另一个账户中")).to_be_visible()
    second_device.phone.locator("[data-action=move]").click()
    expect(second_device.phone.locator(".card-face")).to_be_visible()
    person.go_home()
    person.page.reload()
    expect(person.phone.locator(".invite")).to_be_visible()
