"""A process may die at any of its calls; whoever repeats the request ends where one undisturbed request ends."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api import Api, ApiAnswer
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.conftest import WIRING, forget
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, place

Step = Callable[[Phone], ApiAnswer]
MOST_CALLS = 12


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with place(HeldClock()) as made:
        yield made


def a_phone(here: Place) -> Phone:
    here.begin()
    return Phone(Api(), here.payment_app, open_id="the-same")


def interrupted(here: Place, phone: Phone, step: Step, strike: Strike) -> tuple[bool, ApiAnswer]:
    """Whether the process died, and what the step (or else its repetition in a cold process) was answered."""
    try:
        return False, here.cloud.live(lambda: step(phone), strike)
    except Died:
        forget(WIRING)
        return True, step(phone)


def every_death(
    here: Place, prepare: Callable[[Phone], object], step: Step
) -> Iterator[tuple[Phone, ApiAnswer]]:
    """The phone and its last answer, for a death before and after each call that the step makes."""
    for moment in Moment:
        for number in range(MOST_CALLS):
            phone = a_phone(here)
            prepare(phone)
            died, answer = interrupted(here, phone, step, Strike(number, moment, here.cloud.calls.die))
            made = len(here.cloud.calls.last.made)
            yield phone, answer
            if not died and number >= made:
                assert made, "the step made no call at all"
                break
        else:
            pytest.fail(f"the step made more than {MOST_CALLS} calls")


def sessions(phone: Phone) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = phone.api.get("/v1/sessions", token=phone.token).json["items"]
    return items


def a_scan(phone: Phone) -> str:
    phone.log_in()
    opened: str = phone.open_scan().json["id"]
    return opened


def the_day(here: Place) -> dict[str, int]:
    (day,) = (item for item in here.cloud.items() if item["sk"]["S"].startswith("FACE#"))
    return {name: int(day[name]["N"]) for name in ("opened", "failed", "passed")}


def test_a_login(here: Place) -> None:
    for phone, answer in every_death(here, lambda _: None, Phone.log_in):
        assert answer.status == 201
        assert len(sessions(phone)) in {1, 2}, "the session whose answer was lost may stand, until it ends"
        assert phone.refresh().status == 200


def test_a_refresh(here: Place) -> None:
    for phone, answer in every_death(here, Phone.log_in, Phone.refresh):
        assert answer.status == 200
        assert len(sessions(phone)) == 1
        assert phone.refresh().status == 200


def test_the_end_of_a_stolen_session(here: Place) -> None:
    stolen: list[str] = []

    def prepare(phone: Phone) -> None:
        stolen[:] = [phone.log_in().json["refreshToken"]]
        phone.refresh()
        phone.refresh()

    for phone, answer in every_death(here, prepare, lambda phone: phone.refresh(stolen[0])):
        assert answer.code in {"refresh-token-reused", "session-ended"}
        assert phone.api.get("/v1/sessions", token=phone.token).code == "session-ended"
        (account,) = here.cloud.items()
        assert len(account["outbox"]["L"]) == 1


def test_logging_out(here: Place) -> None:
    def log_out(phone: Phone) -> ApiAnswer:
        return phone.api.call("DELETE", "/v1/sessions/current", token=phone.token)

    for phone, answer in every_death(here, Phone.log_in, log_out):
        assert answer.status == 204 or answer.code == "session-ended"
        assert phone.api.get("/v1/sessions", token=phone.token).code == "session-ended"


@pytest.mark.parametrize("passed", ["T", "F"])
def test_completing_a_scan(here: Place, passed: str) -> None:
    opened: list[str] = []

    def prepare(phone: Phone) -> None:
        phone.passed = passed
        opened[:] = [a_scan(phone)]

    for phone, answer in every_death(here, prepare, lambda phone: phone.complete(opened[0])):
        assert answer.json["status"] == ("passed" if passed == "T" else "failed")
        assert the_day(here) == {"opened": 1, "failed": int(passed == "F"), "passed": int(passed == "T")}
        (account,) = (item for item in here.cloud.items() if item["sk"]["S"] == "PROFILE")
        (session,) = account["sessions"]["M"].values()
        kept = session["M"]["receipts"]["M"]
        assert kept == ({"identity": {"S": answer.json["receipt"]}} if passed == "T" else {})
        assert phone.api.get(f"/v1/face-verifications/{opened[0]}", token=phone.token).json == answer.json


def test_opening_a_scan_counts_what_was_opened(here: Place) -> None:
    for _, answer in every_death(here, Phone.log_in, Phone.open_scan):
        assert answer.status == 201
        known = [item for item in here.cloud.items() if item["sk"]["S"] == "VERIFICATION"]
        assert the_day(here)["opened"] == len(known)
