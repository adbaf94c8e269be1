"""A person does the errand by hand, in a real browser, against the running service; and is refused in words."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person, is_not_insured, owns_a_house
from tests.e2e.pictures import Album, read

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]

SIGNED_MS = 60_000


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
    expect(person.terminal.locator(".presence-head")).to_contain_text("到场已确认")
    expect(person.terminal.get_by_text(person.identity["idNumber"])).to_have_count(0)
    album.terminal()
    person.terminal.locator("[data-action=rescan]").click()
    expect(person.terminal.get_by_role("alert")).to_contain_text("409 code-used")
    expect(person.terminal.locator(".scans .badge")).to_have_text(["code-used", "到场已确认"])

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
    assert read(person.phone.locator(".qr")) == [answered.value.json()["code"]]


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


def test_the_payment_apps_own_page_serves_as_well_as_the_buttons(person: Person) -> None:
    person.log_in()
    person.phone.locator(".invite .button-primary").click()
    person.primary.click()
    with person.page.expect_popup() as opened:
        person.phone.get_by_role("link").click()
    opened.value.locator("#pass").click()
    expect(person.phone.locator(".result-success")).to_be_visible()
