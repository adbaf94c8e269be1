"""Acting for family by hand: an elder's face, a guardian's, a child's own; the elder's card, log, and the end of it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person, heads_a_family, is_not_insured
from tests.e2e.pictures import Album

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


@pytest.fixture
def carer(person: Person) -> Person:
    """The head of a family, with a card of their own."""
    person.log_in(heads_a_family)
    person.bind()
    return person


def _ask(carer: Person, relation: str, which: int = 0) -> None:
    """Fill the form for a relative, and go on to the face."""
    carer.open_family()
    carer.phone.locator("[data-action=add-member]").click()
    carer.phone.locator(f".chip[data-relation={relation}]").nth(which).click()
    carer.primary.click()


def _agree(carer: Person) -> None:
    expect(carer.phone.locator(".scanner")).to_be_visible()
    carer.phone.locator(".screen .button").first.click()
    expect(carer.screen("mandate").locator(".member-head")).to_be_visible()


def test_an_elders_card_is_shown_by_whoever_carries_it_until_the_mandate_is_revoked(
    carer: Person, album: Album
) -> None:
    _ask(carer, "elder")
    _agree(carer)
    carer.phone.locator("[data-action=carry]").click()
    elder = carer.phone.locator(".card-holder").inner_text()
    carer.show_code()
    expect(carer.phone.get_by_role("tab")).to_have_count(0)
    carer.be_scanned()
    expect(carer.terminal.locator(".presence-head")).to_be_visible()

    carer.go_home()
    expect(carer.phone.locator(".family-card")).to_contain_text(elder)
    carer.open_family()
    album.family()
    carer.phone.locator("[data-mandate]").click()
    carer.phone.locator("[data-action=log]").click()
    use = carer.phone.locator(".usage")
    expect(use).to_have_count(1)
    own = carer.identity["realName"]
    expect(use).to_contain_text(f"由 {own[0] + '*' * (len(own) - 1)} 出示")
    carer.phone.get_by_role("button", name="返回").click()

    carer.phone.locator("[data-action=revoke]").click()
    carer.confirm()
    expect(carer.phone.locator("[data-mandate]")).to_have_count(0)
    carer.go_home()
    expect(carer.phone.locator(".family-card")).to_have_count(0)


def test_whoever_carries_a_card_may_say_that_a_use_was_not_theirs_and_that_stops_the_card(
    carer: Person,
) -> None:
    _ask(carer, "elder")
    _agree(carer)
    carer.phone.locator("[data-action=carry]").click()
    carer.show_code()
    carer.be_scanned()
    expect(carer.terminal.locator(".presence-head")).to_be_visible()
    carer.open_family()
    carer.phone.locator("[data-mandate]").click()
    carer.phone.locator("[data-action=log]").click()
    carer.phone.locator("[data-action=not-me]").click()
    carer.confirm()
    expect(carer.phone.locator(".usage-disputed")).to_be_visible()
    carer.go_home()
    expect(carer.phone.locator(".family-card")).to_contain_text("已暂停")


def test_an_elder_is_registered_and_gets_a_certificate_without_a_phone(carer: Person) -> None:
    carer.open_family()
    carer.phone.locator("[data-action=add-member]").click()
    carer.phone.locator(".chip[data-relation=elder]").first.click()
    carer.phone.get_by_label("开证明").check()
    carer.primary.click()
    _agree(carer)
    carer.phone.locator("[data-action=carry]").click()
    elder = carer.phone.locator(".card-holder").inner_text()
    carer.go_home()
    carer.find_slot()
    carer.phone.locator(".time").first.click()
    carer.sheet.get_by_label("为谁挂号").select_option(index=1)
    carer.sheet.locator(".button-primary").click()
    expect(carer.phone.locator(".countdown")).to_be_visible()

    carer.go_home()
    carer.phone.locator(".service").nth(1).click()
    carer.phone.locator("[data-type=no-house]").click()
    carer.phone.get_by_label("证明对象").select_option(label=elder)
    carer.primary.click()
    expect(carer.screen("certificate")).to_be_visible()
    carer.phone.get_by_role("button", name="返回").click()
    expect(carer.phone.locator(".badge").filter(has_text=elder)).to_have_count(1)


def test_a_guardian_agrees_for_a_young_child_and_a_child_of_16_for_itself(carer: Person) -> None:
    _ask(carer, "child", 0)
    expect(carer.screen("mandate").locator(".member-head")).to_contain_text("子女")
    _ask(carer, "child", 1)
    _agree(carer)
    carer.open_family()
    expect(carer.phone.locator("[data-mandate]")).to_have_count(2)
    expect(carer.phone.locator(".slots li").nth(1)).to_have_text("子女2 / 3")


def test_whoever_has_no_card_yet_is_told_so_before_any_face_is_scanned(person: Person) -> None:
    person.log_in(is_not_insured)
    person.open_family()
    expect(person.phone.locator(".notice-warning")).to_contain_text("请先领取您本人的电子社保卡")
    expect(person.phone.locator("[data-action=add-member]")).to_have_count(0)


def test_nobody_is_acted_for_whose_face_is_not_theirs(carer: Person) -> None:
    _ask(carer, "elder")
    carer.phone.locator(".screen .button").nth(1).click()
    expect(carer.phone.locator(".notice-warning")).to_contain_text("人脸核验未通过")
    expect(carer.phone.locator(".notice-warning")).to_contain_text("今日还可尝试 4 次")
    carer.open_family()
    expect(carer.phone.locator("[data-mandate]")).to_have_count(0)


def test_the_member_sees_who_may_act_and_ends_it(carer: Person, second_device: Person) -> None:
    _ask(carer, "spouse")
    _agree(carer)
    spouse = next(each["userId"] for each in carer.identity["family"] if each["relation"] == "spouse")
    second_device.choose(lambda citizen: bool(citizen["userId"] == spouse))
    second_device.sheet.locator(".button-primary").click()
    second_device.bind()
    second_device.open_family()
    expect(second_device.phone.locator("[data-mandate]")).to_have_count(1)
    second_device.phone.locator("[data-mandate]").click()
    second_device.phone.locator("[data-action=revoke]").click()
    second_device.confirm()
    carer.open_family()
    expect(carer.phone.locator("[data-mandate]")).to_have_count(0)
