"""What the public page makes of each answer of the service: pages from their files, answers by the test, no stack."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.e2e.conftest import PATIENCE_MS

pytestmark = pytest.mark.browser

FILE = b"eyJhbGciOiJFUzI1NiJ9.e30.c2ln~"
CODE = "9f86d081884c7d65"
GENUINE: dict[str, Any] = {
    "id": "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P",
    "status": "valid",
    "at": "2026-11-23T04:00:00.000Z",
    "since": "2026-11-20T04:00:00.000Z",
    "reason": None,
    "type": "no-house",
    "typeName": {"zh": "无房证明", "en": "Certificate of No House Ownership"},
    "serial": "WF-330100-20261120-7W4Y8N1P9Q",
    "identifier": "1.2.156.3005.2.11100000000013352D024.113301000000000000.01KAQ8ZJ6M3X5V9T2R7W4Y8N1P.001.X",
    "issuer": {"zh": "杭州市不动产登记机构", "en": "Real Estate Registration Authority of Hangzhou"},
    "issuedAt": "2026-11-20T04:00:00.000Z",
    "validUntil": "2027-02-18T15:59:59.000Z",
    "contentDigest": CODE,
    "digests": {"pdf": "ab" * 32, "sd-jwt": sha256(FILE).hexdigest()},
    "statusList": {"uri": "https://service.example/v1/status-lists/1", "index": 584_458},
}
WHY = {
    "code": "facts-changed",
    "zh": "据以签发的登记事项已发生变化",
    "en": "The facts that it rests on have changed",
}


class Service:
    """Answers the page's question as the test tells it; keeps which moments were asked about."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.told: dict[str, Any] = {}
        self.moments: list[str | None] = []
        page.route("**/v1/verify/*", self._answer)

    def _answer(self, route: Route) -> None:
        at = parse_qs(urlsplit(route.request.url).query).get("at", [None])[0]
        self.moments.append(at)
        told = GENUINE | self.told
        if at is not None and at < str(told["since"]):
            told |= {"status": "valid", "reason": None}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(told))

    def says(self, code: str = CODE, **told: Any) -> None:
        """Open the page anew, with an answer that differs so from a valid certificate's."""
        self.told = told
        self.page.goto("about:blank")
        self.page.goto(f"{self.origin}/v/index.html#{code}")

    def verdict(self) -> str:
        found = self.page.locator("[data-verdict]")
        expect(found).to_be_visible()
        return str(found.get_attribute("data-verdict"))


@pytest.fixture
def service(browser: Browser, files: str) -> Iterator[Service]:
    with browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield Service(context.new_page(), files)


def test_the_page_says_how_a_certificate_stands_since_when_and_why(service: Service) -> None:
    page = service.page
    for status, words in (("revoked", "证照已被撤销"), ("suspended", "证照真实，已暂停使用")):
        service.says(status=status, since="2026-11-22T07:30:00.000Z", reason=WHY)
        assert service.verdict() == status
        card = page.locator("[data-verdict]")
        expect(card.get_by_role("heading")).to_have_text(words)
        expect(card).to_contain_text("自 2026年11月22日 15:30 起")
        expect(card).to_contain_text(WHY["zh"])
    page.get_by_role("button", name="EN").click()
    expect(page.locator("[data-verdict]")).to_contain_text("The facts that it rests on have changed")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for status in ("expired", "not-yet"):
        service.says(status=status)
        assert service.verdict() == status
    service.says(code="0" * 16, status="revoked")
    assert service.verdict() == "altered"
    service.says(code="", status="revoked")
    assert service.verdict() == "revoked"


def test_a_file_of_any_form_is_compared_on_the_device(service: Service) -> None:
    service.says()
    assert service.verdict() == "genuine"
    page, asked = service.page, len(service.moments)
    for body, verdict in ((FILE, "genuine"), (FILE + b"~", "altered")):
        file: FilePayload = {"name": "paper.sd-jwt", "mimeType": "application/dc+sd-jwt", "buffer": body}
        page.locator("input[type=file]").set_input_files(file)
        expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", verdict)
    assert len(service.moments) == asked


def test_how_it_stood_on_a_day_is_asked_for_the_end_of_that_day(service: Service) -> None:
    service.says(status="revoked", since="2026-11-22T07:30:00.000Z", reason=WHY)
    assert service.verdict() == "revoked"
    page = service.page
    for day, then in (("2026-11-21", "valid"), ("2026-11-22", "revoked")):
        page.locator("#that-day").fill(day)
        expect(page.locator("[data-then]")).to_have_attribute("data-then", then)
    assert service.moments == [None, "2026-11-21T15:59:59.000Z", "2026-11-22T15:59:59.000Z"]
    expect(page.locator(".that-day-answer")).to_contain_text("2026年11月22日：已撤销")
