"""Logged in for a month without being asked, on several devices, and out at once where one says so."""

import json
import re

import pytest
from playwright.sync_api import Request, Route, expect

from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("page")]


def _tokens(person: Person) -> dict[str, str]:
    kept: dict[str, str] = json.loads(person.page.evaluate("sessionStorage.getItem('zerotrip.session')"))
    return kept


def _let_it_expire(person: Person) -> list[Request]:
    """From now on the service finds the present access token expired; the refreshes that follow."""
    bearer, refreshes = f"Bearer {_tokens(person)['accessToken']}", list[Request]()

    def expired(route: Route) -> None:
        if route.request.url.endswith("/v1/sessions/refresh"):
            refreshes.append(route.request)
        if route.request.headers.get("authorization") != bearer:
            return route.continue_()
        problem = json.dumps({"code": "token-expired", "status": 401, "title": "expired"})
        return route.fulfill(status=401, content_type="application/problem+json", body=problem)

    person.page.route("**/v1/**", expired)
    return refreshes


def test_an_expired_access_token_is_renewed_once_and_nobody_notices(person: Person) -> None:
    person.log_in()
    before = _tokens(person)
    refreshes = _let_it_expire(person)
    person.page.reload()
    expect(person.screen("home").locator(".invite")).to_be_visible()
    after = _tokens(person)
    assert after["accessToken"] != before["accessToken"]
    assert after["refreshToken"] != before["refreshToken"]
    assert len(refreshes) == 1
    person.phone.locator(".service").first.click()
    expect(person.screen("hospitals").locator(".row").first).to_be_visible()
    spoken = "\n".join(person.addresses) + person.page.locator("#log").inner_text()
    for secret in (*before.values(), *after.values()):
        assert secret not in spoken


def test_log_out_everywhere_ends_the_other_device_too(person: Person, second_device: Person) -> None:
    person.log_in()
    second_device.return_as(person.identity)
    person.phone.get_by_role("button", name="我的", exact=True).click()
    person.phone.locator("[data-action=sessions]").click()
    expect(person.phone.locator(".session")).to_have_count(2)
    expect(person.phone.locator(".session .badge")).to_have_count(1)
    person.phone.locator("[data-action=log-out-everywhere]").click()
    person.confirm()
    expect(person.phone.locator(".person-row").first).to_be_visible()
    assert person.page.evaluate("sessionStorage.length") == 0
    second_device.phone.locator(".service").first.click()
    expect(second_device.phone.get_by_role("alert")).to_contain_text("401 session-ended")
    expect(second_device.phone.locator(".person-row").first).to_be_visible()


def test_one_other_device_is_logged_out_and_this_one_stays(person: Person, second_device: Person) -> None:
    person.log_in()
    second_device.return_as(person.identity)
    person.phone.get_by_role("button", name="我的", exact=True).click()
    person.phone.locator("[data-action=sessions]").click()
    person.phone.locator(".session").filter(has_not=person.page.locator(".badge")).get_by_role(
        "button"
    ).click()
    person.confirm()
    expect(person.phone.locator(".session")).to_have_count(1)
    second_device.phone.locator(".service").nth(1).click()
    expect(second_device.phone.locator(".person-row").first).to_be_visible()


def test_a_log_out_ends_the_session_with_the_service(person: Person) -> None:
    person.log_in()
    token = _tokens(person)["accessToken"]
    person.log_out()
    answer = person.page.request.get(
        f"{person.origin}/v1/citizens/me", headers={"Authorization": f"Bearer {token}"}
    )
    assert re.match(r"401 session-ended", f"{answer.status} {answer.json()['code']}")
