"""The reverse of a scan: the citizen scans the counter's code, sees who asks for what, and shares or does not."""

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person
from tests.e2e.pictures import read

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


def _scan_the_counter(person: Person) -> None:
    person.terminal.get_by_role("button", name="柜台码").click()
    expect(person.terminal.locator(".qr")).to_be_visible()
    person.phone.get_by_role("button", name="扫柜台码").click()
    person.phone.locator("[data-action=scan-counter]").click()


def test_a_citizen_scans_the_counter_and_is_attended_to(person: Person) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    _scan_the_counter(person)
    expect(person.phone.locator(".ticks li")).to_have_text(["姓名", "身份证号"])
    expect(person.terminal.locator(".scans")).to_be_visible()
    others = person.terminal.locator("[data-presence]").evaluate_all(
        "all => all.map((each) => each.dataset.presence)"
    )
    person.phone.locator("[data-action=share]").click()
    expect(person.phone.locator(".result-success")).to_be_visible()
    newest = person.terminal.locator("[data-presence]").first
    expect(newest).not_to_have_attribute("data-presence", (*others, "nobody's")[0])
    name = person.identity["realName"]
    expect(newest.locator("strong")).to_have_text(name[0] + "*" * (len(name) - 1))
    person.terminal.locator("[data-action=attend]").first.click()
    expect(person.terminal.locator(".presence")).to_contain_text(name)
    expect(person.terminal.get_by_text(person.identity["idNumber"])).to_have_count(0)
    person.open_usages()
    expect(person.phone.locator(".usage .badge").first).to_have_text("扫柜台码")


def test_a_code_typed_by_hand_serves_as_well_and_one_that_is_none_is_refused(person: Person) -> None:
    person.log_in()
    person.bind()
    person.go_home()
    person.terminal.get_by_role("button", name="柜台码").click()
    (code,) = read(person.terminal.locator(".qr"))
    person.phone.get_by_role("button", name="扫柜台码").click()
    person.phone.get_by_label("输入或粘贴柜台码").fill(code[:-1])
    person.phone.locator("[data-action=read-typed]").click()
    expect(person.phone.get_by_role("alert")).to_contain_text("422 counter-code-invalid")
    person.phone.get_by_label("输入或粘贴柜台码").fill(code)
    person.phone.locator("[data-action=read-typed]").click()
    expect(person.phone.locator(".asking h3")).to_be_visible()
    person.phone.get_by_role("button", name="不出示").click()
    expect(person.phone.locator(".asking")).to_have_count(0)
