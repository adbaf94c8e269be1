"""Somebody is handed a certificate, scans its code, and learns in a real browser whether to accept it."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, Route, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.person import Person

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.xdist_group("stack")]

NOBODYS = "cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
SIGNED_MS = 60_000


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed certificate as its holder hands it over."""

    document: bytes
    holder: dict[str, Any]

    @property
    def code(self) -> str:
        """What a camera reads from the printed page."""
        draw = ("pdftoppm", "-r", "150", "-png", "-")
        drawn = subprocess.run(draw, input=self.document, capture_output=True, check=True, timeout=30)
        (symbol,) = zxingcpp.read_barcodes(Image.open(BytesIO(drawn.stdout)))
        return symbol.text


@dataclass(frozen=True, slots=True)
class Inspector:
    """Somebody with a phone of their own, and everything that it sends."""

    page: Page
    sent: list[Request]

    def scan(self, code: str) -> None:
        """Open what the code says, as a camera does: in a page of its own."""
        self.page.goto("about:blank")
        self.page.goto(code)

    def hand_over(self, document: bytes) -> None:
        """Choose a file."""
        file: FilePayload = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": document}
        self.page.locator("input[type=file]").set_input_files(file)

    @property
    def verdict(self) -> Locator:
        """What the page thinks of the paper."""
        return self.page.locator("[data-verdict]")


@pytest.fixture
def paper(person: Person) -> Paper:
    person.log_in()
    person.bind()
    person.go_home()
    person.request_certificate()
    expect(person.phone.locator(".paper")).to_be_visible(timeout=SIGNED_MS)
    person.phone.locator("[data-action=download]").click()
    link = person.phone.locator("[data-action=open]")
    expect(link).to_be_visible()
    document = person.page.request.get(link.get_attribute("href") or "").body()
    return Paper(document, person.identity)


@pytest.fixture
def inspector(browser: Browser) -> Iterator[Inspector]:
    with browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    ) as context:
        context.set_default_timeout(PATIENCE_MS)
        page, sent = context.new_page(), list[Request]()
        page.on("request", lambda request: sent.append(request))  # noqa: PLW0108  (Playwright writes on what it is given)
        yield Inspector(page, sent)


def test_a_papers_code_tells_whether_it_is_genuine_and_the_file_whether_it_was_changed(
    paper: Paper, inspector: Inspector
) -> None:
    page = inspector.page
    inspector.scan(paper.code)
    expect(inspector.verdict).to_have_attribute("data-verdict", "genuine")
    expect(inspector.verdict.get_by_role("heading")).to_have_text("证照真实有效")
    expect(page.locator(".paper")).to_contain_text("杭州市不动产登记机构")
    expect(page.locator(".paper")).to_contain_text(re.compile(r"WF-330100-\d{8}-\w{8}"))
    for secret in (paper.holder["realName"], paper.holder["idNumber"]):
        assert secret not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    inspector.hand_over(paper.document)
    expect(page.locator(".notice-success")).to_contain_text("文件与签发的完全一致")
    inspector.hand_over(paper.document + b"\n")
    expect(inspector.verdict).to_have_attribute("data-verdict", "altered")
    expect(inspector.verdict).to_contain_text("paper.pdf")

    page.get_by_role("button", name="EN").click()
    expect(inspector.verdict.get_by_role("heading")).to_have_text("Not what was issued")
    expect(page.locator(".paper h3")).to_have_text("Certificate of No House Ownership")

    assert {each.method for each in inspector.sent} == {"GET"}
    code = paper.code.partition("#")[2]
    assert len(code) == 16
    for each in inspector.sent:
        assert code not in each.url.partition("#")[0]
        assert "authorization" not in each.headers


def test_a_code_that_was_tampered_with_is_not_believed(paper: Paper, inspector: Inspector) -> None:
    address, _, code = paper.code.partition("#")
    inspector.scan(f"{address}#{'0' * len(code)}")
    expect(inspector.verdict).to_have_attribute("data-verdict", "altered")
    inspector.scan(address)
    expect(inspector.verdict).to_have_attribute("data-verdict", "unproven")
    inspector.hand_over(paper.document)
    expect(inspector.verdict).to_have_attribute("data-verdict", "genuine")


def test_a_paper_whose_time_is_over_is_called_expired(paper: Paper, inspector: Inspector) -> None:
    def later(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"status": "expired"}))

    inspector.page.route("**/v1/verify/*", later)
    inspector.scan(paper.code)
    expect(inspector.verdict).to_have_attribute("data-verdict", "expired")


def test_what_nobody_issued_is_unknown_and_a_failure_is_no_verdict(origin: str, inspector: Inspector) -> None:
    inspector.scan(f"{origin}/v/{NOBODYS}#0123456789abcdef")
    expect(inspector.verdict).to_have_attribute("data-verdict", "unknown")
    expect(inspector.page.locator("input[type=file]")).to_have_count(0)
    inspector.page.route("**/v1/verify/*", lambda route: route.fulfill(status=500, body="{}"))
    inspector.scan(f"{origin}/v/{NOBODYS}#0123456789abcdef")
    expect(inspector.page.get_by_role("alert")).to_be_visible()
    expect(inspector.verdict).to_have_count(0)
