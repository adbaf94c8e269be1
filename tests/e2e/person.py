"""A person at the page: does what hands can do. What they see is for the tests to say."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

Citizen = dict[str, Any]
MOST_TRIES = 20


_MET: set[str] = set()
"""Who had a part in an errand of this process already, themselves or as somebody's kin."""


def fits(citizen: Citizen) -> bool:
    """Whether a citizen gets both a card and a no-house certificate."""
    return _has_a_card(citizen) and citizen["facts"]["houses"] == 0


def owns_a_house(citizen: Citizen) -> bool:
    """Whether a citizen gets a card, but no certificate."""
    return _has_a_card(citizen) and citizen["facts"]["houses"] > 0


def heads_a_family(citizen: Citizen) -> bool:
    """Whether a citizen gets a card that can pay, and has parents and children."""
    kin = [each["relation"] for each in citizen["family"]]
    pays = bool(citizen["bank"] and citizen["bank"]["active"])
    return _has_a_card(citizen) and pays and kin.count("parent") > 0 and kin.count("child") > 1


def _has_a_card(citizen: Citizen) -> bool:
    """Whether there is a physical card that is in order, and somebody to hold it."""
    return bool(citizen["insured"] and citizen["cardStatus"] == "active" and not citizen["deceased"])


def _family(citizen: Citizen) -> list[str]:
    """A citizen and those whom they may act for."""
    return [citizen["userId"], *(each["userId"] for each in citizen["family"])]


def is_not_insured(citizen: Citizen) -> bool:
    """Whether a citizen gets no card."""
    return not citizen["insured"]


@dataclass(slots=True)
class Person:
    """Somebody before the page at `origin`; every address that the page asks for is remembered."""

    page: Page
    origin: str
    identity: Citizen = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    def arrive(self) -> None:
        """Open the page."""
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.page.goto(self.origin)
        expect(self.phone.locator(".person-row").first).to_be_visible()

    def choose(self, wanted: Callable[[Citizen], bool]) -> None:
        """Find some such citizen on the list."""
        everybody = self.page.request.get(f"{self.origin}/sandbox/people").json()["items"]
        wished = [citizen for citizen in everybody if wanted(citizen)]
        # Whoever had an errand before may have left their card in another account, or uses in an elder's log that
        # their sisters and brothers see, too: somebody new, where there is one.
        self.identity = random.choice([each for each in wished if _MET.isdisjoint(_family(each))] or wished)
        _MET.update(_family(self.identity))
        self.phone.get_by_role("searchbox").fill(self.identity["idNumber"])
        row = self.phone.locator(".person-row")
        expect(row).to_have_count(1)
        row.click()

    def log_in(self, wanted: Callable[[Citizen], bool] = fits) -> None:
        """Choose, and agree, as somebody who has no card yet."""
        for _ in range(MOST_TRIES):
            self.choose(wanted)
            self.sheet.locator(".button-primary").click()
            expect(self.phone.locator(".services")).to_be_visible()
            if self.phone.locator(".invite").count():
                return
            self.log_out()
        raise AssertionError("everybody has a card already")

    def return_as(self, identity: Citizen) -> None:
        """Log in once more as somebody who was here before."""
        self.choose(lambda citizen: bool(citizen["userId"] == identity["userId"]))
        self.sheet.locator(".button-primary").click()
        expect(self.phone.locator(".services")).to_be_visible()

    def log_out(self) -> None:
        """Through one's own page."""
        self.phone.get_by_role("button", name="我的", exact=True).click()
        self.phone.get_by_role("button", name="退出登录").click()
        expect(self.phone.locator(".person-row").first).to_be_visible()

    def prove_face(self, *, passed: bool = True) -> None:
        """From the form to the end of the scan."""
        self.primary.click()
        expect(self.phone.locator(".scanner")).to_be_visible()
        self.phone.locator(".screen .button").nth(0 if passed else 1).click()

    def bind(self) -> None:
        """From the home screen to having a card."""
        self.phone.locator(".invite .button-primary").click()
        self.prove_face()
        expect(self.phone.locator(".result-success")).to_be_visible()
        self.primary.click()
        self.primary.click()
        expect(self.phone.locator(".card-face")).to_be_visible()

    def open_card(self) -> None:
        """From the home screen to one's own card."""
        self.go_home()
        self.phone.locator(".card-face").first.wait_for()
        self.phone.get_by_role("button", name="卡管理").first.click()
        expect(self.screen("card").locator(".facts")).to_be_visible()

    def wait_for_card(self, status: str) -> None:
        """Look at one's own card again and again, until it has come to that status."""
        for _ in range(MOST_TRIES):
            self.open_card()
            if self.phone.locator(f".card-face[data-status={status}]").count():
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(f"the card did not come to be {status}")

    def act(self, name: str) -> None:
        """One of the things that can be done about the card on the screen, without looking back."""
        self.phone.locator(f"[data-act={name}]").click()
        self.confirm()

    def confirm(self) -> None:
        """Yes, and wait until it is done."""
        self.sheet.locator("[data-action=confirm]").click()
        expect(self.sheet).to_have_count(0)

    def show_code(self) -> None:
        """From the card on the screen to its code."""
        self.phone.locator("[data-act=code]").click()
        expect(self.phone.locator(".qr")).to_be_visible()

    def be_scanned(self) -> None:
        """The terminal beside scans what the phone shows."""
        self.terminal.locator("[data-action=scan]").click()

    def open_usages(self) -> None:
        """From anywhere to the log of one's own card's uses."""
        self.go_home()
        self.phone.get_by_role("button", name="用卡记录").click()
        expect(self.screen("usages").locator(".region[aria-busy]")).to_have_count(0)

    def open_family(self) -> None:
        """From anywhere to the family's mandates."""
        self.go_home()
        self.phone.get_by_role("button", name="亲情代办").click()
        expect(self.screen("family").locator(".slots")).to_be_visible()

    def go_home(self) -> None:
        """Back, until there is no way back."""
        back = self.phone.get_by_role("button", name="返回")
        while back.count():
            back.click()
        expect(self.phone.locator(".services")).to_be_visible()

    def find_slot(self) -> None:
        """From the home screen to the first day with free slots at the first hospital's first department."""
        self.phone.locator(".service").first.click()
        self.screen("hospitals").locator(".row").first.click()
        self.phone.locator(".tile").first.click()
        for day in self.phone.locator(".day").all()[1:]:
            day.click()
            expect(self.phone.locator(".region[aria-busy]")).to_have_count(0)
            if self.phone.locator(".time").count():
                return
        raise AssertionError("no free slot in fourteen days")

    def hold(self) -> None:
        """Take the first free slot."""
        self.phone.locator(".time").first.click()
        self.sheet.locator(".button-primary").click()
        expect(self.phone.locator(".countdown")).to_be_visible()

    def pay(self) -> None:
        """To the cash register and through it."""
        self.primary.click()
        self.sheet.locator("[data-action=pay]").click()

    def book(self) -> None:
        """From the home screen to a slot that the hospital has accepted."""
        self.find_slot()
        self.hold()
        self.pay()
        expect(self.phone.locator(".result-success")).to_be_visible()

    def request_certificate(self) -> None:
        """From the home screen to a request on its way."""
        self.phone.locator(".service").nth(1).click()
        self.phone.locator("[data-type=no-house]").click()
        self.primary.click()

    @property
    def phone(self) -> Locator:
        """The phone."""
        return self.page.locator("#phone")

    @property
    def terminal(self) -> Locator:
        """The pharmacy's terminal."""
        return self.page.locator("#terminal")

    @property
    def desk(self) -> Locator:
        """The hospital's desk."""
        return self.page.locator("#desk")

    @property
    def sheet(self) -> Locator:
        """What has risen over the phone's screen."""
        return self.phone.get_by_role("dialog")

    @property
    def primary(self) -> Locator:
        """The one button that goes on."""
        return self.phone.locator(".screen .button-primary")

    def screen(self, name: str) -> Locator:
        """A screen of the phone."""
        return self.phone.locator(f"[data-screen={name}]")
